/*
 * history.h - the steps of the history, as they are listed
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_HISTORY_H
#define COMMAND_HISTORY_H

#include "base/base.h"
#include "edit/backout.h"
#include "edit/past.h"

struct session;

/* How many steps there are, undone ones too. */
size_t history_count(const struct session *session);

struct history_step {
	size_t number;
	struct past_step step;
	struct step_sum sum;
	bool undone;
	bool is_shown;
	uint64_t addr; /* if so: of the first byte now */
};

/* One of 1 to count. O(log n), and its changes; see session_shifts(). */
struct history_step history_step(struct session *session, size_t number);

/* The name of what was done: by the command, or by what it did. */
const char *history_what(const struct history_step *step);

/* "2026-11-21T08:00:03Z" in UTC, or local time without the Z. */
enum { HISTORY_TIME = 40 };
const char *history_time(int64_t time, bool utc, char dst[static HISTORY_TIME]);

#endif
