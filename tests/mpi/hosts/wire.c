/*
 * A cable between two network namespaces that has a length, loses frames and has a rate. It is a program, not
 * a queueing discipline: netem is missing in many kernels (a module, or not built), TAP devices are not; and
 * with one mechanism for every link what a test measures is what this file does. Arguments: for both ends a
 * namespace and the name that the device gets there, and a seed. Each line "DELAY_NS LOSS BIT_PER_S" on
 * standard input (0: no limit) changes the cable from then on and is answered with the frames so far:
 * "carried C lost L dropped D". Ends at the end of its input.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	FRAME_BYTES = 2048,        /* the longest that is carried; devices have an MTU of 1500 */
	FRAMES = 4096,             /* on the way in one direction */
	BUFFER_BYTES = 512 * 1024, /* waiting for the line before the tail is dropped */
	ETHERNET_EXTRA_BYTES = 24, /* preamble, check sequence, gap between frames */
	BATCH = 64,                /* frames read at once, so that the other direction gets its turn */
};

struct frame {
	uint64_t due_ns; /* CLOCK_MONOTONIC */
	size_t length;
	unsigned char bytes[FRAME_BYTES];
};

struct direction {
	int from, to;
	struct frame frames[FRAMES]; /* a ring */
	size_t first, count;
	uint64_t line_free_ns; /* when the last frame has left onto the line */
	uint64_t last_due_ns;
	uint64_t random;
};

struct cable {
	uint64_t delay_ns, rate_bit_s;
	double loss;
	uint64_t carried, lost, dropped;
	struct direction ways[2];
	int timer;
};

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Uniform in [0, 1): splitmix64, Steele, Lea and Flood 2014. */
static double random_unit(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* A TAP device in the namespace, in which this process then is. Its descriptor, or -errno. */
static int open_tap(const char *space, const char *name)
{
	char path[256];
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	snprintf(path, sizeof path, "/run/netns/%s", space);
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int error = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (error)
		return -error;
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, TUNSETIFF, &request)) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

/* When the frame is due at the other end; 0: it never gets there, and is counted. */
static uint64_t admit(struct cable *cable, struct direction *way, size_t length)
{
	uint64_t now = now_ns(), leaves = way->line_free_ns > now ? way->line_free_ns : now;
	if (random_unit(&way->random) < cable->loss) {
		cable->lost++;
		return 0;
	}
	if (cable->rate_bit_s) {
		double waiting_bytes = (double)(leaves - now) * 1e-9 * (double)cable->rate_bit_s / 8;
		if (waiting_bytes > BUFFER_BYTES) {
			cable->dropped++;
			return 0;
		}
		double bits = 8 * (double)(length + ETHERNET_EXTRA_BYTES);
		leaves += (uint64_t)(bits * 1e9 / (double)cable->rate_bit_s);
	}
	if (way->count == FRAMES) {
		cable->dropped++;
		return 0;
	}
	way->line_free_ns = leaves;
	uint64_t due = leaves + cable->delay_ns;
	if (due < way->last_due_ns) /* the cable became shorter: order is kept */
		due = way->last_due_ns;
	way->last_due_ns = due;
	return due;
}

static void take(struct cable *cable, struct direction *way)
{
	unsigned char spare[FRAME_BYTES];
	for (int i = 0; i < BATCH; i++) {
		struct frame *frame = &way->frames[(way->first + way->count) % FRAMES];
		unsigned char *bytes = way->count < FRAMES ? frame->bytes : spare;
		ssize_t length = read(way->from, bytes, FRAME_BYTES);
		if (length <= 0)
			return;
		uint64_t due = admit(cable, way, (size_t)length);
		if (!due)
			continue;
		frame->due_ns = due;
		frame->length = (size_t)length;
		way->count++;
	}
}

/* Hands over what is due; a device that is down or full loses it, as real ones do. */
static void deliver(struct cable *cable, struct direction *way)
{
	while (way->count && way->frames[way->first].due_ns <= now_ns()) {
		const struct frame *frame = &way->frames[way->first];
		if (write(way->to, frame->bytes, frame->length) == (ssize_t)frame->length)
			cable->carried++;
		else
			cable->dropped++;
		way->first = (way->first + 1) % FRAMES;
		way->count--;
	}
}

static void set_timer(const struct cable *cable)
{
	uint64_t due = 0;
	for (int i = 0; i < 2; i++) {
		const struct direction *way = &cable->ways[i];
		if (way->count && (!due || way->frames[way->first].due_ns < due))
			due = way->frames[way->first].due_ns;
	}
	struct itimerspec when = {
		.it_value = {.tv_sec = (time_t)(due / 1000000000), .tv_nsec = (long)(due % 1000000000)}};
	timerfd_settime(cable->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* 0 when standard input has ended or is no line of three numbers. */
static int obey(struct cable *cable)
{
	char line[128];
	ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
	if (length <= 0)
		return 0;
	line[length] = '\0';
	uint64_t delay_ns, rate_bit_s;
	double loss;
	if (sscanf(line, "%" SCNu64 " %lf %" SCNu64, &delay_ns, &loss, &rate_bit_s) != 3)
		return 0;
	cable->delay_ns = delay_ns;
	cable->loss = loss;
	cable->rate_bit_s = rate_bit_s;
	for (int i = 0; i < 2; i++) /* what waited for the old line is on its way */
		cable->ways[i].line_free_ns = 0;
	printf("carried %" PRIu64 " lost %" PRIu64 " dropped %" PRIu64 "\n", cable->carried, cable->lost,
	       cable->dropped);
	return fflush(stdout) == 0;
}

static int watch(int epoll, int fd, uint32_t what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int carry(struct cable *cable)
{
	enum { TIMER = 2, INPUT = 3 };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return -errno;
	int error = watch(epoll, cable->timer, TIMER);
	error = error ? error : watch(epoll, STDIN_FILENO, INPUT);
	for (uint32_t i = 0; i < 2 && !error; i++)
		error = watch(epoll, cable->ways[i].from, i);
	for (int going = 1; going && !error;) {
		struct epoll_event events[4];
		int count = epoll_wait(epoll, events, 4, -1);
		if (count < 0 && errno != EINTR)
			error = -errno;
		for (int i = 0; i < count; i++) {
			uint64_t expired;
			if (events[i].data.u32 < TIMER && events[i].events & EPOLLERR) /* its host is gone */
				going = 0;
			else if (events[i].data.u32 < TIMER)
				take(cable, &cable->ways[events[i].data.u32]);
			else if (events[i].data.u32 == INPUT)
				going = obey(cable);
			else if (read(cable->timer, &expired, sizeof expired) < 0 && errno != EAGAIN)
				error = -errno;
		}
		deliver(cable, &cable->ways[0]);
		deliver(cable, &cable->ways[1]);
		set_timer(cable);
	}
	close(epoll);
	return error;
}

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: wire NAMESPACE DEVICE NAMESPACE DEVICE SEED\n");
		return 2;
	}
	int ends[2];
	for (int i = 0; i < 2; i++) {
		ends[i] = open_tap(argv[1 + 2 * i], argv[2 + 2 * i]);
		if (ends[i] < 0) {
			fprintf(stderr, "wire: %s in %s: %s\n", argv[2 + 2 * i], argv[1 + 2 * i],
				strerror(-ends[i]));
			return 1;
		}
	}
	struct cable *cable = calloc(1, sizeof *cable);
	if (!cable)
		return 1;
	cable->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	for (int i = 0; i < 2; i++) {
		cable->ways[i].from = ends[i];
		cable->ways[i].to = ends[1 - i];
		cable->ways[i].random = 2 * (uint64_t)strtoull(argv[5], NULL, 10) + (uint64_t)i;
	}
	int error = carry(cable);
	if (error)
		fprintf(stderr, "wire: %s\n", strerror(-error));
	close(cable->timer);
	close(ends[0]);
	close(ends[1]);
	free(cable);
	return error ? 1 : 0;
}
