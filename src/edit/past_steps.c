/*
 * past_steps.c - see past.h: what is undone at once
 *
 * Some steps are marked, to find the others from there. Notes are few and stand
 * beside it.
 */
#include "config.h"

#include "edit/past_impl.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum {
	MARK_STEPS = 64, /* between two marks, .. */
#ifdef TEST_HOOKS
	MARK_BYTES = 500,
#else
	MARK_BYTES = 8192, /* .. or so many bytes */
#endif
};

/* Forget marks of what begins at `pos` or behind, and notes of steps behind the
   first `done`. */
void past_drop_beside(struct past *past, size_t pos, size_t done)
{
	while (past->mark_count > 0 &&
	       past->mark[past->mark_count - 1].from.pos >= pos)
		past->mark_count--;
	while (past->note_count > 0 &&
	       past->note[past->note_count - 1].number > done)
		mem_free(past->note[--past->note_count].text);
}

/* The last step begins here: mark it, if the last mark is far. */
void past_mark_step(struct past *past, struct past_place from)
{
	const struct mark *last =
		past->mark_count > 0 ? &past->mark[past->mark_count - 1] : NULL;

	if (last && past->done - last->number < MARK_STEPS &&
	    from.pos - last->from.pos < MARK_BYTES)
		return;
	/* past_add() has made room. */
	assert(past->mark && past->mark_count < past->mark_cap);
	past->mark[past->mark_count++] =
		(struct mark){ .number = past->done, .from = from };
}

/* The number of a name; 0 if there are too many. */
unsigned char past_number_name(struct past *past, const char *what)
{
	size_t i = 0;

	while (i < past->name_count && strcmp(past->names[i + 1], what) != 0)
		i++;
	if (i == past->name_count && i < PAST_NAMES - 1)
		past->names[++past->name_count] = what;
	return i < past->name_count ? (unsigned char)(i + 1) : 0;
}

void past_set_label(struct past *past, const char *what, int64_t time)
{

	if (!past->has_began) {
		past->has_began = true;
		past->began = time;
	}
	past->time = time;
	past->what = what ? past_number_name(past, what) : 0;
}

const char *past_label(const struct past *past)
{
	return past->names[past->what];
}

/* Where a step begins: found from the last mark before it. */
struct past_place past_place_of(const struct past *past, size_t number)
{
	size_t lo = 0, hi = past->mark_count;
	struct past_place place, next;
	struct change change;
	bool first;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (past->mark[mid].number <= number)
			lo = mid;
		else
			hi = mid;
	}
	place = next = past->mark[lo].from;
	for (size_t n = past->mark[lo].number - 1;
	     past_next(past, &next, &change, &first); place = next) {
		n += first;
		if (n == number)
			break;
	}
	return place;
}

/* The first note of this step or a later one. */
static size_t find_note(const struct past *past, size_t number)
{
	size_t lo = 0, hi = past->note_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (past->note[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct past_step past_step(const struct past *past, size_t number)
{
	size_t note = find_note(past, number);
	struct past_step step = { .from = past_place_of(past, number) };
	unsigned char what = 0;

	assert(number > 0 && number <= past->done + past->undone);
	(void)past_read_label(past, step.from.pos, &what, &step.time);
	step.what = past->names[what];
	if (note < past->note_count && past->note[note].number == number)
		step.note = past->note[note].text;
	return step;
}

bool past_make_note(struct past *past, const char *text, char **note,
                    struct error *err)
{
	*note = NULL;
	if (!*text)
		return true;
	if (!mem_grow(&past->note, &past->note_cap, past->note_count + 1,
	              sizeof(*past->note), err))
		return false;
	*note = mem_strdup(text, err);
	return *note != NULL;
}

void past_put_note(struct past *past, size_t number, char *text)
{
	size_t at = find_note(past, number);
	bool there = at < past->note_count && past->note[at].number == number;
	struct note *note;

	assert(number > 0 && number <= past->done + past->undone);
	if (!there && !text)
		return;
	note = past->note + at;
	if (there)
		mem_free(note->text);
	if (there && !text)
		memmove(note, note + 1,
		        (--past->note_count - at) * sizeof(*note));
	if (!there && text)
		memmove(note + 1, note,
		        (past->note_count++ - at) * sizeof(*note));
	if (text) {
		note->number = number;
		note->text = text;
	}
}

bool past_set_note(struct past *past, size_t number, const char *text,
                   struct error *err)
{
	char *note;

	if (!past_make_note(past, text, &note, err))
		return false;
	past_put_note(past, number, note);
	return true;
}
