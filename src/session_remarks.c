/*
 * session_remarks.c - notes on steps whose journals are closed
 *
 * A journal that is closed is never written again, so a later one has the note:
 * a remark, which names journal and group. There are few of them. All that
 * journals say is kept here, and laid over the steps of a journal when these
 * are loaded.
 */
#include "config.h"

#include "session.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "session_closed.h"
#include "session_impl.h"

struct remark {
	uint8_t uuid[RECORD_UUID];
	uint32_t group;
	int64_t time;
	char *text; /* owned */
};

struct remarks {
	struct remark *v; /* owned, sorted by journal and group */
	size_t count, cap;
};

void session_free_remarks(struct session *session)
{
	struct remarks *remarks = session->remarks;

	for (size_t i = 0; remarks && i < remarks->count; i++)
		mem_free(remarks->v[i].text);
	mem_free(remarks ? remarks->v : NULL);
	mem_free(remarks);
}

static int compare(const struct remark *remark, const uint8_t *uuid,
                   uint32_t group)
{
	int differs = memcmp(remark->uuid, uuid, RECORD_UUID);

	if (differs != 0)
		return differs;
	return (remark->group > group) - (remark->group < group);
}

/* The first one of this group, or behind. */
static size_t find_from(const struct session *session, const uint8_t *uuid,
                        uint32_t group)
{
	const struct remarks *remarks = session->remarks;
	size_t lo = 0, hi = remarks ? remarks->count : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare(&remarks->v[mid], uuid, group) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* What is said of the same group; NULL: nothing. */
static struct remark *find(const struct session *session,
                           const struct record_remark *about)
{
	size_t at = find_from(session, about->uuid, about->group);
	struct remarks *remarks = session->remarks;

	if (!remarks || at == remarks->count ||
	    compare(&remarks->v[at], about->uuid, about->group) != 0)
		return NULL;
	return &remarks->v[at];
}

/* There is room for it. */
static struct remark *add(struct session *session,
                          const struct record_remark *about)
{
	size_t at = find_from(session, about->uuid, about->group);
	struct remarks *remarks = session->remarks;
	struct remark *remark = &remarks->v[at];

	memmove(remark + 1, remark, (remarks->count - at) * sizeof(*remark));
	remarks->count++;
	*remark = (struct remark){ .group = about->group };
	memcpy(remark->uuid, about->uuid, RECORD_UUID);
	return remark;
}

/* All that it takes to put one; *text is owned by the caller until then. */
static bool prepare(struct session *session, const struct record_remark *about,
                    char **text, struct error *err)
{
	struct remarks *remarks = session->remarks;

	if (!remarks)
		remarks = mem_zalloc(sizeof(*remarks), err);
	session->remarks = remarks;
	if (!remarks || !mem_grow(&remarks->v, &remarks->cap,
	                          remarks->count + 1, sizeof(*remarks->v), err))
		return false;
	*text = mem_strndup(about->text, about->text_len, err);
	return *text != NULL;
}

static void put(struct session *session, const struct record_remark *about,
                char *text)
{
	struct remark *remark = find(session, about);

	if (!remark)
		remark = add(session, about);
	mem_free(remark->text);
	remark->text = text;
	remark->time = about->time;
}

/* The later one counts; of one time the one that is heard last: in a journal it
   stands behind, and runs that follow each other are never of one time. */
static bool take(void *ctx, const struct record_remark *about,
                 struct error *err)
{
	struct session *session = ctx;
	const struct remark *former = find(session, about);
	char *text;

	if (former && former->time > about->time)
		return true;
	if (!prepare(session, about, &text, err))
		return false;
	put(session, about, text);
	return true;
}

bool session_hear_remarks(struct session *session, struct recover *rec,
                          struct error *err)
{
	return recover_each_remark(rec, take, session, err);
}

/* The number of a step in a history; 0: it is not there. That of a step that
   was dropped is given again. */
static size_t number_of(const struct closed_load *l, const uint32_t *groups,
                        uint32_t group)
{
	const struct past *past = edits_past(l->edits);
	size_t number = replay_step(l->rec, group, l->steps);

	if (number == 0 || number > past_done(past) + past_undone(past) ||
	    groups[number - 1] != recover_group(l->rec, group).step)
		return 0;
	return number;
}

bool session_apply_remarks(const struct session *session,
                           const struct closed_load *l, const uint32_t *groups,
                           struct error *err)
{
	const uint8_t *uuid = recover_head(l->rec)->uuid;
	const struct remarks *remarks = session->remarks;

	for (size_t i = find_from(session, uuid, 0);
	     remarks && i < remarks->count; i++) {
		const struct remark *remark = &remarks->v[i];
		size_t number;

		if (memcmp(remark->uuid, uuid, RECORD_UUID) != 0)
			break;
		number = number_of(l, groups, remark->group);
		if (number > 0 &&
		    !edits_set_note(l->edits, number, remark->text, err))
			return false;
	}
	return true;
}

/* Clocks go back at times: what is said now is later than what was. */
static int64_t time_of(const struct session *session,
                       const struct record_remark *about)
{
	const struct remark *former = find(session, about);
	int64_t now = session->sys->clock();

	return former && former->time >= now && former->time < INT64_MAX
	               ? former->time + 1
	               : now;
}

/* In a journal of ours, if there is a place for one. */
static bool write_remark(struct session *session, size_t number,
                         const struct record_remark *remark, struct error *err)
{
	if (session->keeps &&
	    !keeper_remark(session->keeper, number - 1, remark, err))
		return false;
	session_say_news(session);
	return session_journal(session) == JOURNAL_KEEPS ||
	       error_set(err, ERR_STATE,
	                 "step %zu is in a journal that is closed, and none "
	                 "is kept that could take the note",
	                 number);
}

/* The note of a step whose journal is closed. */
static bool put_remark(struct session *session, size_t number, const char *text,
                       struct record_remark *remark, struct error *err)
{
	char *copy;

	remark->time = time_of(session, remark);
	remark->text = text;
	remark->text_len = strlen(text);
	if (!prepare(session, remark, &copy, err))
		return false;
	if (!write_remark(session, number, remark, err)) {
		mem_free(copy);
		return false;
	}
	put(session, remark, copy);
	return true;
}

bool session_set_note(struct session *session, size_t number, const char *text,
                      struct error *err)
{
	struct record_remark remark;
	char *note;
	bool ok = true;

	if (!session_may_change(session, err) ||
	    !edits_make_note(session->edits, text, &note, err))
		return false;
	if (session->keeper)
		ok = keeper_step(session->keeper, number - 1, &remark)
		             ? put_remark(session, number, text, &remark, err)
		             : keeper_note(session->keeper, number - 1, text,
		                           err);
	if (!ok) {
		mem_free(note);
		return error_prefix(err, "not done");
	}
	edits_put_note(session->edits, number, note);
	return true;
}
