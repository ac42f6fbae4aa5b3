/*
 * prefilter.h - what can be said about the matches of a regex beforehand
 *
 * From the text of the regex, without PCRE2. Everything holds for every match
 * that PCRE2 gives, and says less where less is known: a match starts only
 * where scan_next() finds the sets, it has at least min_length bytes, and so
 * on. Matches are not empty (PCRE2_NOTEMPTY).
 *
 * A regex such as [a-z]+@.. has sets that fit nearly everywhere in text. Its
 * run form is better: between from and the first match behind it, each start
 * that can be the leftmost one is found so:
 *
 *	at = scan_next() with run.sets      ab cde@fg      at ^ (the e)
 *	while (at > from && run.sets[0] has data[at - 1])
 *		at--;                       the start is the c
 *
 * One that has fewer than run.min bytes up to the '@' is none. If none starts
 * there, go on with scan_next() behind the '@'. With the cut at `from`, this
 * holds for overlapping matches too, and not for backward searches, which look
 * for other starts than leftmost ones.
 *
 * Threads: a plain value.
 */
#ifndef FIND_PREFILTER_H
#define FIND_PREFILTER_H

#include "base/base.h"
#include "find/scan.h"

struct error;

struct prefilter_run {
	size_t min;                           /* bytes of the run, at least 1 */
	size_t count;                         /* 0: the regex has no run form */
	struct byte_set sets[SCAN_POSITIONS]; /* the run's last byte, what
	                                         follows */
};

struct prefilter {
	size_t min_length; /* bytes; at least 1 */
	/* Can a match hold a zero byte at all? */
	bool has_zero;
	/* It starts with no more zero bytes than this; SIZE_MAX: not known. So
	   none starts in zeros with more than this many behind the start. */
	size_t zeros;
	size_t count; /* 0: the sets say nothing */
	struct byte_set sets[SCAN_POSITIONS];
	/* Whatever fits sets[0, min_length) is a match, and no other bytes
	   are. Those from `count` on hold everything. */
	bool is_exact;
	struct prefilter_run run;
};

/*
 * The regex is one that PCRE2 has compiled, with newline LF. flags: CHARS_ of
 * chars.h, for what it was compiled with. One that is not understood is no
 * error: nothing is known about it then. ERR_NOMEM.
 */
bool prefilter_derive(const char *regex, size_t len, unsigned flags,
                      struct prefilter *out, struct error *err) MUST_USE;

#endif
