/* history.c - see history.h */
#include "config.h"

#include "command/history.h"

#include <stdio.h>
#include <time.h>

#include "session.h"
#include "space/ranges.h"

size_t history_count(const struct session *session)
{
	const struct past *past = session_past(session);

	return past_done(past) + past_undone(past);
}

struct history_step history_step(struct session *session, size_t number)
{
	const struct past *past = session_past(session);
	const struct shifts *shifts = session_shifts(session);
	struct history_step s = { .number = number,
		                  .step = past_step(past, number),
		                  .undone = number > past_done(past) };
	struct range range = { 0 };
	size_t pos;

	s.sum = step_sum(past, s.step.from);
	if (!shifts)
		return s;
	pos = s.undone ? s.step.from.pos : s.sum.end.pos;
	range.doc = s.sum.doc;
	range.len = s.undone ? s.sum.old_len : s.sum.len;
	range.off = shifts_now(shifts, pos, s.sum.doc,
	                       s.undone ? s.sum.first_off : s.sum.off);
	s.is_shown = ranges_address(&range, session_space(session), &s.addr);
	return s;
}

const char *history_what(const struct history_step *s)
{
	if (s->step.what)
		return s->step.what;
	if (s->sum.old_len == s->sum.len)
		return "overwrite";
	if (s->sum.len == 0)
		return "delete";
	return s->sum.old_len == 0 ? "insert" : "replace";
}

const char *history_time(int64_t time, bool utc, char dst[static HISTORY_TIME])
{
	time_t t = (time_t)time;
	struct tm tm;

	if (!(utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)) ||
	    strftime(dst, HISTORY_TIME,
	             utc ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S",
	             &tm) == 0)
		snprintf(dst, HISTORY_TIME, "%lld", (long long)time);
	return dst;
}
