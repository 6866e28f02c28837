/*
 * Memory that all workers map shared, touched by all of them: the first pass over it, later ones, and reads
 * at random, in pages of 4 KiB, in transparent huge pages and in huge pages of hugetlbfs. Threads have one
 * mapping of it, with one set of page tables; each process has a mapping of its own and fills its own tables,
 * also where the pages are in memory already.
 *
 * The memory is a memfd of its own, and not the harness's shared area, which workers have mapped before they
 * begin. It is full before the first job, written through another mapping, so that no job makes a page: what
 * is timed are the tables.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/kernel.h"
#include "kernels/mix.h"
#include "kernels/params.h"

#define PAGE ((uint64_t)4096)
#define HUGE_PAGE ((uint64_t)2 << 20)
#define MIB ((uint64_t)1 << 20)
#define MIB_MOST ((uint64_t)1 << 20)
#define LINES (PAGE / 64)
#define ROUNDS 8 /* of later passes in a job */

enum pages { SMALL, TRANSPARENT, HUGE };

/* Where the memory lies: workers that inherit it have it at the same address. */
struct shared {
	uint64_t *words;
	uint64_t bytes, pages;
	int fd;
};

/* ---- the memory ---- */

static uint64_t bytes_of(const struct params *params, enum pages pages)
{
	uint64_t bytes = params->size * MIB;
	return pages == SMALL || bytes > HUGE_PAGE ? bytes : HUGE_PAGE;
}

/* One word in each page of 4 KiB, on another line each time: a stride of a page alone would meet in few sets
 * of a cache. */
static uint64_t *word_of(uint64_t *words, uint64_t page)
{
	return words + page * (PAGE / sizeof(uint64_t)) + mix64(page) % LINES * (64 / sizeof(uint64_t));
}

/* Each page names the one that is read after it: a generator of full period (Knuth, TAOCP 2, 3.2.1.2), as
 * their number is a power of two. No read can begin before the one before it has ended. */
static uint64_t next_of(uint64_t page, uint64_t pages)
{
	return (page * UINT64_C(0x5851f42d4c957f2d) + UINT64_C(0x14057b7ef767814f)) & (pages - 1);
}

static void fill(uint64_t *words, uint64_t pages)
{
	for (uint64_t page = 0; page < pages; page++)
		*word_of(words, page) = next_of(page, pages);
}

/* Room at an address that huge pages can begin at. NULL, with errno. */
static void *reserve(uint64_t bytes)
{
	char *room = mmap(NULL, bytes + HUGE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			  0);
	if (room == MAP_FAILED)
		return NULL;
	uint64_t before = (HUGE_PAGE - (uintptr_t)room % HUGE_PAGE) % HUGE_PAGE;
	if (before)
		munmap(room, before);
	if (before < HUGE_PAGE)
		munmap(room + before + bytes, HUGE_PAGE - before);
	return room + before;
}

/* A mapping without a single entry in its page tables takes the place of what is there. 0 or -errno. */
static int map_anew(const struct shared *s)
{
	void *at = mmap(s->words, s->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, s->fd, 0);
	return at == MAP_FAILED ? -errno : 0;
}

/* Can the system make shared memory of huge pages? MADV_COLLAPSE (Linux 6.1) asks for no setting of the
 * system's. */
static int collapse(void *at, uint64_t bytes)
{
#ifdef MADV_COLLAPSE
	enum { HOW = MADV_COLLAPSE };
#else
	enum { HOW = 25 };
#endif
	return madvise(at, bytes, HOW) == 0 ? 0 : -errno;
}

static int make_memory(struct shared *s, enum pages pages)
{
	s->fd = memfd_create("pvt-mapping", MFD_CLOEXEC | (pages == HUGE ? MFD_HUGETLB : 0));
	if (s->fd < 0 || ftruncate(s->fd, (off_t)s->bytes) != 0)
		return -errno;
	s->words = reserve(s->bytes);
	if (!s->words)
		return -errno;
	int error = map_anew(s);
	if (error)
		return error;
	madvise(s->words, s->bytes,
		MADV_POPULATE_WRITE); /* faster than a fault each; without it they fault */
	fill(s->words, s->pages);
	if (pages == TRANSPARENT)
		error = collapse(s->words, s->bytes);
	return error ? error : map_anew(s);
}

static void free_memory(struct shared *s)
{
	if (s->words)
		munmap(s->words, s->bytes);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct shared){.fd = -1};
}

/* ---- what the kernels say of themselves ---- */

/* How many huge pages of hugetlbfs are free, of the default size. */
static uint64_t huge_pages_free(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	char line[128];
	unsigned long long free_pages = 0, kib = 0;
	while (file && fgets(line, sizeof line, file)) {
		sscanf(line, "HugePages_Free: %llu", &free_pages);
		sscanf(line, "Hugepagesize: %llu", &kib);
	}
	if (file)
		fclose(file);
	return kib * 1024 == HUGE_PAGE ? free_pages : 0;
}

/* Tried with one huge page's worth of memory. */
static int check_transparent(struct params *params)
{
	struct shared one = {.bytes = HUGE_PAGE, .pages = HUGE_PAGE / PAGE, .fd = -1};
	int error = make_memory(&one, TRANSPARENT);
	free_memory(&one);
	return error ? params_fail(
			       params, EOPNOTSUPP,
			       "the system makes no transparent huge pages of shared memory (MADV_COLLAPSE: %s); it "
			       "takes Linux 6.1 with CONFIG_READ_ONLY_THP_FOR_FS or CONFIG_TRANSPARENT_HUGEPAGE",
			       strerror(-error))
		     : 0;
}

static int configure(struct params *params, enum pages pages)
{
	int error = params_limit(params, MIB_MOST);
	if (error)
		return error;
	if (params->size & (params->size - 1))
		return params_fail(params, EINVAL, "the size in MiB has to be a power of two");
	uint64_t bytes = bytes_of(params, pages), wanted = bytes / HUGE_PAGE;
	error = params_fit(params, 2.0 * (double)bytes); /* half of the memory is left to the others */
	if (error)
		return params_fail(params, EOPNOTSUPP,
				   "%llu MiB are more than half of the memory that is available",
				   (unsigned long long)params->size);
	if (pages == TRANSPARENT)
		return check_transparent(params);
	if (pages == HUGE && huge_pages_free() < wanted)
		return params_fail(
			params, EOPNOTSUPP,
			"%llu huge pages of 2 MiB are wanted, %llu are free; `sysctl vm.nr_hugepages=%llu` "
			"reserves them",
			(unsigned long long)wanted, (unsigned long long)huge_pages_free(),
			(unsigned long long)wanted);
	return 0;
}

static size_t shared_bytes(const struct params *params)
{
	(void)params;
	return sizeof(struct shared);
}

static int open_memory(void *area, struct params *params, enum pages pages)
{
	struct shared *s = area;
	*s = (struct shared){.bytes = bytes_of(params, pages), .pages = params->size * MIB / PAGE, .fd = -1};
	int error = make_memory(s, pages);
	if (!error)
		return 0;
	free_memory(s);
	/* The system may have no huge page at the moment: then it is out of reach, as where it makes none. */
	return params_fail(params, error == -EAGAIN ? EOPNOTSUPP : -error,
			   "no shared memory of %llu MiB (memfd_create, mmap, MADV_COLLAPSE): %s",
			   (unsigned long long)params->size, strerror(-error));
}

static void close_memory(void *area, const struct params *params)
{
	(void)params;
	free_memory(area);
}

static uint64_t count_pages(const struct params *params)
{
	return params->size * MIB / PAGE;
}

static uint64_t count_passes(const struct params *params)
{
	return ROUNDS * count_pages(params);
}

/* ---- the job ---- */

/* Threads have one mapping, and a job of theirs follows another: the first of them makes it new. A child's is
 * new. */
static int enter_first(struct context *ctx)
{
	return ctx->rank == 0 ? map_anew(ctx->shared) : 0;
}

static int enter_later(struct context *ctx)
{
	const struct shared *s = ctx->shared;
	uint64_t sum = 0;
	for (uint64_t page = 0; page < s->pages; page++)
		sum += *word_of(s->words, page);
	*(volatile uint64_t *)&sum = sum; /* so that it is read */
	return 0;
}

/* In which page a worker begins: each in a part of its own, or they would go through the memory one behind
 * the other. */
static uint64_t start_of(const struct context *ctx, const struct shared *s)
{
	return split(s->pages, ctx->rank, ctx->workers);
}

static uint64_t run_in_order(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct shared *s = ctx->shared;
	uint64_t start = start_of(ctx, s), sum = 0;
	for (uint64_t i = begin; i < end; i++)
		sum += mix64(*(volatile uint64_t *)word_of(s->words, (start + i) & (s->pages - 1)));
	return sum;
}

static uint64_t run_populated(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct shared *s = ctx->shared;
	/* As MAP_POPULATE does for a mapping that is made with it, and with an error where that has none. */
	if (madvise(s->words, s->bytes, MADV_POPULATE_READ) != 0)
		return 0;
	return run_in_order(ctx, begin, end);
}

static uint64_t run_at_random(struct context *ctx, uint64_t begin, uint64_t end)
{
	const struct shared *s = ctx->shared;
	uint64_t page = start_of(ctx, s), sum = 0;
	for (uint64_t i = begin; i < end; i++) {
		page = *(volatile uint64_t *)word_of(s->words, page);
		sum += mix64(page);
	}
	return sum;
}

/* All pages once, in whatever order: the next of each is one of them all. */
static int verify_pages(const struct params *params, uint64_t rounds, uint64_t checksum)
{
	uint64_t sum = 0, pages = count_pages(params);
	for (uint64_t page = 0; page < pages; page++)
		sum += mix64(page);
	return rounds * sum == checksum ? 0 : -EBADMSG;
}

static int verify_once(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	return verify_pages(params, 1, checksum);
}

static int verify_rounds(const void *shared, const struct params *params, uint64_t checksum)
{
	(void)shared;
	return verify_pages(params, ROUNDS, checksum);
}

/* The functions that know the kind of pages. */
#define PAGES(suffix, kind)                                                             \
	static int configure_##suffix(struct params *params)                            \
	{                                                                               \
		return configure(params, kind);                                         \
	}                                                                               \
	static int open_##suffix(void *shared, struct params *params, uint32_t workers) \
	{                                                                               \
		(void)workers;                                                          \
		return open_memory(shared, params, kind);                               \
	}

PAGES(small, SMALL)
PAGES(transparent, TRANSPARENT)
PAGES(huge, HUGE)

// NOLINTBEGIN(bugprone-macro-parentheses): names and texts that are put together cannot have any
#define MAPPING(symbol, name_of, text, suffix, count, arrive, work, check) \
	const struct kernel kernel_mapping_##symbol = {                    \
		.abi = KERNEL_ABI,                                         \
		.kind = KERNEL_RATE,                                       \
		.needs = KERNEL_NEEDS_INHERITANCE,                         \
		.name = "mapping-" name_of,                                \
		.help = text,                                              \
		.item = "page",                                            \
		.size_unit = "MiB of shared memory",                       \
		.sizes = {1, 64, 1024},                                    \
		.configure = configure_##suffix,                           \
		.items = count,                                            \
		.shared_bytes = shared_bytes,                              \
		.open = open_##suffix,                                     \
		.close = close_memory,                                     \
		.enter = arrive,                                           \
		.run = work,                                               \
		.verify = check,                                           \
	};

#define FIRST_PASS(symbol, name_of, text, suffix, work) \
	MAPPING(symbol, name_of, text, suffix, count_pages, enter_first, work, verify_once)
#define AT_RANDOM(symbol, name_of, text, suffix) \
	MAPPING(symbol, name_of, text, suffix, count_pages, enter_later, run_at_random, verify_once)

FIRST_PASS(first, "first", "reads all pages of a shared mapping for the first time", small, run_in_order)
FIRST_PASS(first_populate, "first-populate", "populates a shared mapping in one call, then reads all pages",
	   small, run_populated)
FIRST_PASS(first_thp, "first-thp",
	   "reads all of a shared mapping for the first time, in transparent huge pages", transparent,
	   run_in_order)
FIRST_PASS(first_hugetlb, "first-hugetlb",
	   "reads all of a shared mapping for the first time, in pages of hugetlbfs", huge, run_in_order)
MAPPING(later, "later", "reads all pages of a shared mapping that the worker has touched before", small,
	count_passes, enter_later, run_in_order, verify_rounds)
MAPPING(later_thp, "later-thp",
	"reads a shared mapping that the worker has touched before, in transparent huge pages", transparent,
	count_passes, enter_later, run_in_order, verify_rounds)
AT_RANDOM(random, "random", "reads pages of a touched shared mapping, each named by the one before", small)
AT_RANDOM(random_thp, "random-thp",
	  "reads at random from a touched shared mapping, in transparent huge pages", transparent)
AT_RANDOM(random_hugetlb, "random-hugetlb",
	  "reads at random from a touched shared mapping, in pages of hugetlbfs", huge)
// NOLINTEND(bugprone-macro-parentheses)
