/* struct fabric by MPI. Compiled against one MPI library, loaded by pvt at run time: see fabric.h. */
#include "runners/mpi/fabric.h"

#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runners/affinity.h"

/* One call moves at most so much: MPI counts in int. */
enum { PIECE = 1 << 30 };

struct fabric_group {
	MPI_Comm comm;
	int *count, *place; /* [ranks] of the gathers */
	MPI_Win window;     /* the common number; MPI_WIN_NULL: none */
	bool on_one_host;
	uint64_t asked, before; /* of an addition that is under way */
	MPI_Request answer;
};

static struct {
	struct fabric_group all;
	MPI_Request barrier;
} self;

static _Noreturn void out_of_memory(void)
{
	fprintf(stderr, "pvt: rank: out of memory\n");
	MPI_Abort(MPI_COMM_WORLD, 1);
	abort();
}

static void group_make(struct fabric_group *g, MPI_Comm comm)
{
	int ranks;
	MPI_Comm_size(comm, &ranks);
	g->comm = comm;
	g->window = MPI_WIN_NULL;
	g->count = calloc(2 * (size_t)ranks, sizeof *g->count);
	if (!g->count)
		out_of_memory();
	g->place = g->count + ranks;
}

/*
 * Settings of Open MPI that must be made before it begins; the user's own go first.
 * osc: its one-sided components `ucx` and `rdma` take every network for themselves and then fail on TCP
 * (4.1.4: MPI_ERR_WIN in MPI_Win_allocate between two hosts), where `pt2pt` works. On InfiniBand they are
 * what one wants. mpi_yield_when_idle: a rank that waits spins. With more ranks than CPUs it
 * would take a whole slice of time from the one that is waited for.
 */
static void settings(void)
{
	const char *local = getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION < 5
	if (access("/sys/class/infiniband", F_OK) != 0)
		setenv("OMPI_MCA_osc", "^ucx,rdma", 0);
#endif
	setenv("OMPI_MCA_mpi_warn_on_fork", "0", 0); /* forked workers never call MPI */
	if (local && (uint32_t)atoi(local) > affinity_allowed())
		setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
}

static void begin(uint32_t *rank, uint32_t *ranks, char *library, size_t bytes)
{
	char version[MPI_MAX_LIBRARY_VERSION_STRING] = "";
	int n, granted;
	settings();
	MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &granted);
	group_make(&self.all, MPI_COMM_WORLD);
	MPI_Comm_rank(MPI_COMM_WORLD, &n);
	*rank = (uint32_t)n;
	MPI_Comm_size(MPI_COMM_WORLD, &n);
	*ranks = (uint32_t)n;
	MPI_Get_library_version(version, &n);
	for (n = 0; version[n] && version[n] != ',' && version[n] != '\n'; n++)
		if (version[n] == '\t')
			version[n] = ' ';
	snprintf(library, bytes, "%.*s", n, version);
}

static void end(void)
{
	free(self.all.count);
	MPI_Finalize();
}

static struct fabric_group *all(void)
{
	return &self.all;
}

static struct fabric_group *group(const uint32_t *rank, uint32_t ranks)
{
	struct fabric_group *g = malloc(sizeof *g);
	int *chosen = calloc(ranks, sizeof *chosen);
	MPI_Group world, some;
	MPI_Comm comm;
	if (!g || !chosen)
		out_of_memory();
	for (uint32_t i = 0; i < ranks; i++)
		chosen[i] = (int)rank[i];
	MPI_Comm_group(MPI_COMM_WORLD, &world);
	MPI_Group_incl(world, (int)ranks, chosen, &some);
	MPI_Comm_create_group(MPI_COMM_WORLD, some, 0, &comm);
	MPI_Group_free(&some);
	MPI_Group_free(&world);
	free(chosen);
	group_make(g, comm);
	return g;
}

static void leave(struct fabric_group *g)
{
	if (g->window != MPI_WIN_NULL) {
		MPI_Win_unlock_all(g->window);
		MPI_Win_free(&g->window);
	}
	MPI_Comm_free(&g->comm);
	free(g->count);
	free(g);
}

static int piece(size_t bytes)
{
	return bytes < PIECE ? (int)bytes : PIECE;
}

static void send(struct fabric_group *g, uint32_t to, int tag, const void *data, size_t bytes)
{
	const char *at = data;
	do {
		int n = piece(bytes);
		MPI_Send(at, n, MPI_BYTE, (int)to, tag, g->comm);
		at += n;
		bytes -= (size_t)n;
	} while (bytes);
}

static void receive(struct fabric_group *g, uint32_t from, int tag, void *data, size_t bytes)
{
	char *at = data;
	do {
		int n = piece(bytes);
		MPI_Recv(at, n, MPI_BYTE, (int)from, tag, g->comm, MPI_STATUS_IGNORE);
		at += n;
		bytes -= (size_t)n;
	} while (bytes);
}

static bool waits(struct fabric_group *g, uint32_t from, int tag)
{
	int there;
	MPI_Iprobe((int)from, tag, g->comm, &there, MPI_STATUS_IGNORE);
	return there;
}

static void barrier(struct fabric_group *g)
{
	MPI_Barrier(g->comm);
}

static void arrive(struct fabric_group *g)
{
	MPI_Ibarrier(g->comm, &self.barrier);
}

static bool arrived(void)
{
	int over;
	MPI_Test(&self.barrier, &over, MPI_STATUS_IGNORE);
	return over;
}

static void broadcast(struct fabric_group *g, void *data, size_t bytes)
{
	for (char *at = data; bytes; at += PIECE) {
		int n = piece(bytes);
		MPI_Bcast(at, n, MPI_BYTE, 0, g->comm);
		bytes -= (size_t)n;
	}
}

/* Who has how much, and where it comes to lie. This rank's own count. */
static int lay_out(struct fabric_group *g, const size_t *bytes)
{
	int rank, ranks;
	size_t place = 0;
	MPI_Comm_rank(g->comm, &rank);
	MPI_Comm_size(g->comm, &ranks);
	for (int i = 0; i < ranks; i++) {
		if (place + bytes[i] > INT_MAX) {
			fprintf(stderr,
				"pvt: hosts would send each other more than 2 GiB at once; take less\n");
			MPI_Abort(MPI_COMM_WORLD, 1);
		}
		g->count[i] = (int)bytes[i];
		g->place[i] = (int)place;
		place += bytes[i];
	}
	return g->count[rank];
}

static void all_gather(struct fabric_group *g, const void *mine, const size_t *bytes, void *out)
{
	int own = lay_out(g, bytes);
	MPI_Allgatherv(mine, own, MPI_BYTE, out, g->count, g->place, MPI_BYTE, g->comm);
}

static void gather(struct fabric_group *g, const void *mine, const size_t *bytes, void *out)
{
	int own = lay_out(g, bytes);
	MPI_Gatherv(mine, own, MPI_BYTE, out, g->count, g->place, MPI_BYTE, 0, g->comm);
}

static void sum(struct fabric_group *g, double *values, size_t count)
{
	MPI_Allreduce(MPI_IN_PLACE, values, (int)count, MPI_DOUBLE, MPI_SUM, g->comm);
}

static bool is_on_one_host(MPI_Comm comm)
{
	MPI_Comm here;
	int all, near;
	MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
	MPI_Comm_size(comm, &all);
	MPI_Comm_size(here, &near);
	MPI_Comm_free(&here);
	return near == all;
}

static void counted(struct fabric_group *g)
{
	int rank;
	g->on_one_host = is_on_one_host(g->comm);
	uint64_t *number;
	MPI_Comm_rank(g->comm, &rank);
	MPI_Win_allocate(rank == 0 ? sizeof *number : 0, sizeof *number, MPI_INFO_NULL, g->comm, &number,
			 &g->window);
	MPI_Win_lock_all(0, g->window);
	if (rank == 0)
		*number = 0;
	MPI_Win_sync(g->window);
	MPI_Barrier(g->comm);
}

/*
 * On one host by fetch-and-add, which libraries do in shared memory. Between hosts by a request, whose end
 * needs no answer to a flush besides.
 */
static void ask(struct fabric_group *g, uint64_t count)
{
	g->asked = count;
	if (g->on_one_host)
		MPI_Fetch_and_op(&g->asked, &g->before, MPI_UINT64_T, 0, 0, MPI_SUM, g->window);
	else
		MPI_Rget_accumulate(&g->asked, 1, MPI_UINT64_T, &g->before, 1, MPI_UINT64_T, 0, 0, 1,
				    MPI_UINT64_T, MPI_SUM, g->window, &g->answer);
}

static uint64_t answer(struct fabric_group *g)
{
	if (g->on_one_host)
		MPI_Win_flush(0, g->window);
	else /* the checker does not see the request of ask() */
		/* NOLINTNEXTLINE(clang-analyzer-optin.mpi.MPI-Checker) */
		MPI_Wait(&g->answer, MPI_STATUS_IGNORE);
	return g->before;
}

static bool swap(struct fabric_group *g, uint64_t *expected, uint64_t to)
{
	uint64_t found;
	MPI_Compare_and_swap(&to, expected, &found, MPI_UINT64_T, 0, 0, g->window);
	MPI_Win_flush(0, g->window);
	if (found == *expected)
		return true;
	*expected = found;
	return false;
}

static void set(struct fabric_group *g, uint64_t value)
{
	uint64_t before;
	MPI_Fetch_and_op(&value, &before, MPI_UINT64_T, 0, 0, MPI_REPLACE, g->window);
	MPI_Win_flush(0, g->window);
}

extern const struct fabric pvt_fabric;

const struct fabric pvt_fabric = {
	.abi = FABRIC_ABI,
	.begin = begin,
	.end = end,
	.all = all,
	.group = group,
	.leave = leave,
	.send = send,
	.receive = receive,
	.waits = waits,
	.barrier = barrier,
	.arrive = arrive,
	.arrived = arrived,
	.broadcast = broadcast,
	.all_gather = all_gather,
	.gather = gather,
	.sum = sum,
	.counted = counted,
	.ask = ask,
	.answer = answer,
	.swap = swap,
	.set = set,
};
