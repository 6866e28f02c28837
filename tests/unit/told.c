#include "tests/unit/told.h"

#include <string.h>

struct telling {
	enum spoilt spoilt;
	kernel_piece *piece;
	void *arg;
	uint64_t pieces;
};

static void tell_piece(void *arg, size_t offset, size_t bytes)
{
	struct telling *t = arg;

	if (t->spoilt == SPOILT_FIRST && t->pieces++ == 0)
		return;
	if (t->spoilt == SPOILT_SHIFTED || (t->spoilt == SPOILT_BEGIN && bytes > 0))
		offset++;
	if ((t->spoilt == SPOILT_BEGIN || t->spoilt == SPOILT_END) && bytes > 0)
		bytes--;
	if (t->spoilt == SPOILT_HALF)
		bytes /= 2;
	t->piece(t->arg, offset, bytes);
}

void tell(const struct rig *rig, const struct spoiling *spoiling, uint32_t phase, uint64_t begin,
	  uint64_t end, kernel_piece *piece, void *arg)
{
	struct telling t = {phase == spoiling->phase ? spoiling->how : SPOILT_NOT, piece, arg, 0};

	if (t.spoilt == SPOILT_BEFORE && begin > 0)
		begin--;
	if (t.spoilt == SPOILT_LAST_ITEM && --end == begin)
		return;
	rig->kernel->writes(&rig->params, phase, begin, end, tell_piece, &t);
}

void mark_piece(void *arg, size_t offset, size_t bytes)
{
	struct marks *m = arg;

	if (offset > m->bytes || bytes > m->bytes - offset) {
		m->outside = true;
		return;
	}
	m->twice = m->twice || memchr(m->byte + offset, 1, bytes);
	memset(m->byte + offset, 1, bytes);
}
