/* reading.c - see reading.h */
#include "config.h"

#include "open/reading.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"

enum { STEP_BYTES = 64 << 10 }; /* read at once */

static bool io_error(const struct reading *r, int res, struct error *err)
{
	error_sys(err, -res, "%s", text_shown(r->path).s);
	return error_add_path(err, r->path);
}

static bool check_regular(struct reading *r, struct error *err)
{
	struct sys_stat st;
	int res = r->sys->fstat(r->fd, &st);

	if (res < 0)
		return io_error(r, res, err);
	if (st.type != SYS_REGULAR)
		return error_set(err, ERR_SYNTAX, "%s: not a regular file",
		                 text_shown(r->path).s);
	r->size = st.size;
	return true;
}

bool reading_begin(struct reading *r, const struct sys *sys, const char *path,
                   struct error *err)
{
	*r = (struct reading){ .sys = sys,
		               .path = path,
		               .fd = sys->open(path, SYS_READ) };
	if (r->fd < 0)
		return io_error(r, r->fd, err);
	if (check_regular(r, err))
		return true;
	(void)sys->close(r->fd);
	return false;
}

void reading_end(struct reading *r)
{
	(void)r->sys->close(r->fd);
	mem_free(r->text.v);
}

/* Read on, keeping what was not taken. */
static bool fill(struct reading *r, struct error *err)
{
	struct buffer *b = &r->text;
	int64_t got;

	if (r->pos > 0) {
		memmove(b->v, b->v + r->pos, b->len - r->pos);
		b->len -= r->pos;
		r->pos = 0;
	}
	if (!mem_grow(&b->v, &b->cap, b->len + STEP_BYTES, 1, err))
		return false;
	got = r->sys->read(r->fd, b->v + b->len, b->cap - b->len);
	if (got < 0)
		return io_error(r, (int)got, err);
	b->len += (size_t)got;
	r->end = got == 0;
	return true;
}

bool reading_line(struct reading *r, struct lexer *lx, bool *there,
                  struct error *err)
{
	const char *start;
	const char *eol;
	size_t len;

	for (;;) {
		len = r->text.len - r->pos;
		start = len > 0 ? r->text.v + r->pos : NULL;
		eol = start ? memchr(start, '\n', len) : NULL;
		if (eol || r->end)
			break;
		if (len > READING_LINE) {
			r->line++;
			return error_set(err, ERR_SYNTAX,
			                 "a line of more than %d bytes",
			                 READING_LINE);
		}
		if (!fill(r, err))
			return false;
	}
	*there = len > 0;
	if (eol)
		len = (size_t)(eol - start);
	reading_take(r, len + (eol != NULL));
	r->line += *there;
	if (len > 0 && start[len - 1] == '\r')
		len--;
	*lx = lexer_of(start, len);
	return true;
}

const char *reading_look(struct reading *r, size_t len, size_t *got,
                         struct error *err)
{
	while (r->text.len - r->pos < len && !r->end)
		if (!fill(r, err))
			return NULL;
	*got = size_min(len, r->text.len - r->pos);
	return r->text.len > 0 ? r->text.v + r->pos : "";
}

void reading_take(struct reading *r, size_t len)
{
	r->pos += len;
	r->taken += len;
}
