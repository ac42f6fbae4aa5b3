/*
 * session_flush_olds.c - is what edits hide still there: see
 * session_flush_impl.h
 *
 * One pass over the journal asks for all that was ever removed, which finds
 * nothing but where something is wrong, or was taken back meanwhile. Only then
 * it is looked at what the edits hide now.
 *
 * The times that a file has while its bytes fit are those that the flush
 * expects from there on. A file that another one takes the place of is held to
 * its times all the same: who writes to it may go on with what is there no
 * longer.
 */
#include "config.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/flush_olds.h"
#include "session_flush_impl.h"
#include "session_impl.h"

/* What the file is now. If it is not the one, the flush says so. */
static bool is_there(const struct session *session,
                     const struct flush_target *target, struct identity *now)
{
	struct sys_stat st;

	if (session->sys->stat(target->to.path, &st) < 0)
		return false;
	*now = identity_of(&st);
	return identity_same(&target->to.id, now) &&
	       (target->to.device || now->size == target->to.id.size);
}

static bool was_written(const struct flush_target *target,
                        const struct identity *now)
{
	return !target->to.device && (now->mtime != target->to.id.mtime ||
	                              now->ctime != target->to.id.ctime);
}

/* See whether what was found matters. */
static bool judge(const struct session *session, struct part *part,
                  struct flush_target *target, const struct flush_olds *found,
                  const struct identity *now, struct error *err)
{
	bool written = was_written(target, now);
	uint64_t unknown = found->unknown;

	if ((found->differ > 0 || (written && unknown > 0)) &&
	    !session_fits(session, part->doc, document_source(part->doc),
	                  &unknown, err))
		return false;
	part->beside = written && unknown == 0 && !part->exchanged;
	if (part->beside) {
		target->to.id.mtime = now->mtime;
		target->to.id.ctime = now->ctime;
	}
	return true;
}

struct comparing {
	struct flush_olds *found;       /* owned, one for each file */
	struct keeper_numbers *numbers; /* owned, likewise */
	struct identity *now;           /* owned, likewise */
	size_t *parts;                  /* owned: which they are */
	size_t count;
};

static bool begin(const struct session *session, const struct flushing *f,
                  struct comparing *c, struct error *err)
{
	size_t n = f->count;

	*c = (struct comparing){ 0 };
	c->found = mem_zalloc(n * sizeof(*c->found), err);
	c->numbers = c->found ? mem_zalloc(n * sizeof(*c->numbers), err) : NULL;
	c->now = c->numbers ? mem_zalloc(n * sizeof(*c->now), err) : NULL;
	c->parts = c->now ? mem_zalloc(n * sizeof(*c->parts), err) : NULL;
	for (size_t i = 0; c->parts && i < n; i++) {
		const struct document *doc = f->parts[i].doc;
		struct keeper_numbers *numbers = &c->numbers[c->count];

		if (!is_there(session, &f->targets[i], &c->now[c->count]))
			continue;
		c->parts[c->count] = i;
		c->found[c->count].src = document_source(doc);
		if (!keeper_add_numbers(session->keeper, document_id(doc),
		                        numbers, err))
			return false;
		c->found[c->count].numbers = numbers->v;
		c->found[c->count].count = numbers->count;
		c->count++;
	}
	return c->parts != NULL;
}

static void end(const struct flushing *f, struct comparing *c)
{
	for (size_t i = 0; c->numbers && i < f->count; i++)
		mem_free(c->numbers[i].v);
	mem_free(c->found);
	mem_free(c->numbers);
	mem_free(c->now);
	mem_free(c->parts);
}

bool session_flush_compare(const struct session *session, struct flushing *f,
                           struct error *err)
{
	struct comparing c;
	bool ok;

	if (!f->compares)
		return true;
	ok = begin(session, f, &c, err) &&
	     flush_olds(f->flush.log.journal, c.found, c.count, f->flush.job,
	                err);
	for (size_t i = 0; ok && i < c.count; i++)
		ok = judge(session, &f->parts[c.parts[i]],
		           &f->targets[c.parts[i]], &c.found[i], &c.now[i],
		           err);
	end(f, &c);
	return ok;
}

void session_flush_say_beside(struct session *session, const struct flushing *f)
{
	char line[ERROR_TEXT];

	for (size_t i = 0; i < f->count; i++) {
		if (!f->parts[i].beside)
			continue;
		snprintf(line, sizeof(line),
		         "%s: another program has written to it, but not under "
		         "its edits",
		         text_shown(document_name(f->parts[i].doc)).s);
		session_say_line(session, line);
	}
}
