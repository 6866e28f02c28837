#include "runners/mpi/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPOILT = 0xa5 };

static char *buffer_of(struct buffer *b, size_t bytes)
{
	if (bytes > b->room) {
		free(b->at);
		b->room = bytes + bytes / 2;
		b->at = malloc(b->room);
		if (!b->at) {
			fprintf(stderr, "pvt: no memory for %zu bytes of results of other hosts\n", bytes);
			exit(EXIT_FAILURE);
		}
	}
	return b->at;
}

void exchange_note(struct exchange *x, uint64_t begin, uint64_t end)
{
	struct ranges *r = &x->mine;
	if (r->count && r->at[r->count - 1].end == begin) {
		r->at[r->count - 1].end = end;
		return;
	}
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->at = realloc(r->at, r->room * sizeof *r->at);
		if (!r->at) {
			fprintf(stderr, "pvt: no memory for a list of %zu ranges of items\n", r->room);
			exit(EXIT_FAILURE);
		}
	}
	r->at[r->count++] = (struct range){begin, end};
}

/* ---- pieces of the area, packed one behind the other ---- */

struct parcel {
	char *area, *at;
	size_t bytes;
};

static void count_piece(void *arg, size_t offset, size_t bytes)
{
	(void)offset;
	((struct parcel *)arg)->bytes += bytes;
}

static void pack_piece(void *arg, size_t offset, size_t bytes)
{
	struct parcel *p = arg;
	memcpy(p->at, p->area + offset, bytes);
	p->at += bytes;
}

static void unpack_piece(void *arg, size_t offset, size_t bytes)
{
	struct parcel *p = arg;
	memcpy(p->area + offset, p->at, bytes);
	p->at += bytes;
}

static void each_piece(const struct exchange *x, uint32_t phase, const struct range *range, size_t count,
		       kernel_piece *piece, struct parcel *parcel)
{
	for (size_t i = 0; i < count; i++)
		x->kernel->writes(x->params, phase, range[i].begin, range[i].end, piece, parcel);
}

static void spoil_piece(void *arg, size_t offset, size_t bytes)
{
	memset((char *)arg + offset, SPOILT, bytes);
}

void exchange_spoil(const struct exchange *x, uint64_t items, uint32_t phases)
{
	for (uint32_t phase = 0; phase < phases; phase++)
		x->kernel->writes(x->params, phase, 0, items, spoil_piece, x->area);
}

/* ---- who sends what ---- */

/* What one host has to send. */
struct load {
	uint64_t ranges, bytes;
};

/* The ranges of all ranks of this host, at its leader; their number. */
static size_t gather_ranges(struct exchange *x)
{
	size_t *bytes = calloc(x->locals, sizeof *bytes);
	uint64_t *counts = calloc(x->locals, sizeof *counts), count = x->mine.count;
	size_t total = 0;
	if (!bytes || !counts)
		exit(EXIT_FAILURE);
	for (uint32_t i = 0; i < x->locals; i++)
		bytes[i] = sizeof *counts;
	x->fabric->gather(x->host, &count, bytes, counts);
	counts[x->own] = count;
	for (uint32_t i = 0; i < x->locals; i++) {
		bytes[i] = (size_t)counts[i] * sizeof(struct range);
		total += (size_t)counts[i];
	}
	x->fabric->gather(x->host, x->mine.at, bytes,
			  buffer_of(&x->ranges, total * sizeof(struct range) + 1));
	free(bytes);
	free(counts);
	return total;
}

static void collect(const struct exchange *x, bool to_all, const void *mine, const size_t *bytes, void *out)
{
	if (to_all)
		x->fabric->all_gather(x->leaders, mine, bytes, out);
	else
		x->fabric->gather(x->leaders, mine, bytes, out);
}

static void pack(struct exchange *x, uint32_t phase, struct load *own)
{
	const struct range *range = (const void *)x->ranges.at;
	struct parcel parcel = {.area = x->area};
	each_piece(x, phase, range, own->ranges, count_piece, &parcel);
	own->bytes = parcel.bytes;
	parcel.at = buffer_of(&x->out, parcel.bytes + 1);
	each_piece(x, phase, range, own->ranges, pack_piece, &parcel);
}

static void unpack(const struct exchange *x, uint32_t phase, const struct load *load)
{
	const struct range *range = (const void *)x->all_ranges.at;
	struct parcel parcel = {.area = x->area, .at = x->in.at};
	for (uint32_t h = 0; h < x->hosts; h++) {
		if (h == x->index)
			parcel.at += load[h].bytes;
		else
			each_piece(x, phase, range, load[h].ranges, unpack_piece, &parcel);
		range += load[h].ranges;
	}
}

static void between_leaders(struct exchange *x, uint32_t phase, bool to_all, size_t own_ranges)
{
	size_t *bytes = calloc(x->hosts, sizeof *bytes);
	struct load *load = calloc(x->hosts, sizeof *load), own = {.ranges = own_ranges};
	uint64_t ranges = 0, total = 0;
	if (!bytes || !load)
		exit(EXIT_FAILURE);
	pack(x, phase, &own);
	for (uint32_t h = 0; h < x->hosts; h++)
		bytes[h] = sizeof own;
	x->fabric->all_gather(x->leaders, &own, bytes, load);
	for (uint32_t h = 0; h < x->hosts; h++) {
		bytes[h] = load[h].ranges * sizeof(struct range);
		ranges += load[h].ranges;
		total += load[h].bytes;
	}
	collect(x, to_all, x->ranges.at, bytes, buffer_of(&x->all_ranges, ranges * sizeof(struct range) + 1));
	for (uint32_t h = 0; h < x->hosts; h++)
		bytes[h] = load[h].bytes;
	collect(x, to_all, x->out.at, bytes, buffer_of(&x->in, total + 1));
	if (to_all || x->index == 0)
		unpack(x, phase, load);
	x->bytes += total;
	free(bytes);
	free(load);
}

void exchange_phase(struct exchange *x, uint32_t phase, bool to_all)
{
	size_t ranges = gather_ranges(x);
	if (x->leaders)
		between_leaders(x, phase, to_all, ranges);
	x->mine.count = 0;
}

void exchange_free(struct exchange *x)
{
	free(x->mine.at);
	free(x->ranges.at);
	free(x->all_ranges.at);
	free(x->out.at);
	free(x->in.at);
}
