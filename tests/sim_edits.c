/*
 * sim_edits.c - a million edits of a session against arrays of bytes
 *
 * The model is an array for each file, and the list of segments that show them;
 * a step of its history is the bytes that the files had on its other side.
 * Edits of all kinds, undo and redo are made in both. In between the editor
 * ends and starts again: what it kept in its journal is recovered, with the
 * segments in another order (K1), and the history goes on (K9).
 *
 * After each edit what lies around it is compared, and now and then everything,
 * with a view of then that somebody still holds (K3).
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lexer.h"
#include "edit/past.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/recover.h"
#include "keep/shelf.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum {
	FILES = 40,
	SEGMENTS = 40,
	FILE_MAX = 2048,
	SPACE_MOST = SEGMENTS * FILE_MAX,
	STEPS = 600,  /* of a case */
	ADDED = 40,   /* bytes that an edit may bring */
	SPLICES = 3,  /* of an edit */
	AROUND = 12,  /* bytes beside an edit that are compared */
	WHOLE = 32,   /* edits between comparisons of everything */
	REOPEN = 150, /* edits between ends of the editor */
};

struct file {
	char v[FILE_MAX], base[FILE_MAX];
	size_t len, base_len;
	size_t shown; /* by how many segments */
	bool read_only;
	bool plain; /* its bytes were overwritten one for one only */
};

struct segment_model {
	size_t file; /* FILES: a gap */
	size_t skip, size;
	bool has_size;
};

/* What a file was on the other side of a step. */
struct saved {
	struct saved *next; /* owned */
	size_t file, len;
	bool plain;
	char v[];
};

struct model {
	struct file file[FILES];
	struct segment_model segment[SEGMENTS];
	size_t files, segments;
	size_t small; /* how long files may become */
	struct saved *step[STEPS];
	size_t at, last;   /* steps that are done; all of them */
	struct saved *now; /* of the edit being made */
	bool went_back;
};

/* Where the edit took place. */
struct touched {
	uint64_t addr, len;
};

static struct model m;
static struct session *session;
static struct error err;
static struct shelf_places places;
static uint64_t rnd;

static size_t below(size_t n)
{
	return (size_t)random_below(&rnd, n);
}

/* --- the model: history -------------------------------------------------- */

static struct saved *find_saved(struct saved *list, size_t file)
{
	while (list && list->file != file)
		list = list->next;
	return list;
}

static void free_saved(struct saved *list)
{
	while (list) {
		struct saved *next = list->next;

		free(list);
		list = next;
	}
}

/* Note what a file is before the edit changes it. */
static void save(size_t file)
{
	const struct file *f = &m.file[file];
	struct saved *s;

	if (find_saved(m.now, file))
		return;
	s = malloc(sizeof(*s) + FILE_MAX);
	ck_assert_ptr_nonnull(s);
	*s = (struct saved){
		.next = m.now, .file = file, .len = f->len, .plain = f->plain
	};
	memcpy(s->v, f->v, f->len);
	m.now = s;
}

/* Exchange the files with what was saved of them. */
static void swap(struct saved *list)
{
	for (struct saved *s = list; s; s = s->next) {
		struct file *f = &m.file[s->file];
		char v[FILE_MAX];
		size_t len = f->len;
		bool plain = f->plain;

		memcpy(v, f->v, len);
		memcpy(f->v, s->v, s->len);
		memcpy(s->v, v, len);
		f->len = s->len;
		f->plain = s->plain;
		s->len = len;
		s->plain = plain;
	}
}

static void drop_steps(size_t from)
{
	while (m.last > from)
		free_saved(m.step[--m.last]);
}

static void forget_steps(void)
{
	m.at = 0;
	drop_steps(0);
}

/* The edit was made, and is a step, or a part of the one before. */
static void commit(bool join)
{
	struct saved *next;

	drop_steps(m.at);
	if (!join) {
		m.step[m.at++] = m.now;
		m.last = m.at;
	} else {
		for (struct saved *s = m.now; s; s = next) {
			next = s->next;
			if (find_saved(m.step[m.at - 1], s->file)) {
				free(s);
				continue;
			}
			s->next = m.step[m.at - 1];
			m.step[m.at - 1] = s;
		}
	}
	m.now = NULL;
	m.went_back = false;
}

static void refuse(void)
{
	swap(m.now);
	free_saved(m.now);
	m.now = NULL;
}

/* --- the model: bytes ---------------------------------------------------- */

static size_t segment_len(size_t i)
{
	const struct segment_model *s = &m.segment[i];

	return s->has_size || s->file == FILES ? s->size
	                                       : m.file[s->file].len - s->skip;
}

/* The lengths of all segments before an edit. */
struct map {
	size_t len[SEGMENTS];
	size_t all;
};

static struct map map_now(void)
{
	struct map map = { .all = 0 };

	for (size_t i = 0; i < m.segments; i++) {
		map.len[i] = segment_len(i);
		map.all += map.len[i];
	}
	return map;
}

/* The segment that has the byte at addr < map->all; *off is its offset in the
   file, *run how many bytes of the segment begin there. */
static size_t locate(const struct map *map, size_t addr, size_t *off,
                     size_t *run)
{
	size_t i = 0;

	while (addr >= map->len[i])
		addr -= map->len[i++];
	*off = m.segment[i].skip + addr;
	*run = map->len[i] - addr;
	return i;
}

/* What [addr, addr + len) is to show; a gap has 0. */
static void expect(size_t addr, size_t len, char *out)
{
	for (size_t i = 0; i < m.segments && len > 0; i++) {
		const struct segment_model *s = &m.segment[i];
		size_t all = segment_len(i), n;

		if (addr >= all) {
			addr -= all;
			continue;
		}
		n = size_min(all - addr, len);
		if (s->file == FILES)
			memset(out, 0, n);
		else
			memcpy(out, m.file[s->file].v + s->skip + addr, n);
		addr = 0;
		out += n;
		len -= n;
	}
}

static bool may_edit(const struct segment_model *s)
{
	return s->file < FILES && !m.file[s->file].read_only;
}

static bool may_resize(const struct segment_model *s)
{
	return may_edit(s) && m.file[s->file].shown == 1 && !s->has_size;
}

/* Replace a part of a file; `delta` is how far it was moved by what came before
   in the same edit. */
static void replace(size_t file, size_t off, size_t removed, const char *text,
                    size_t len, size_t *delta)
{
	struct file *f = &m.file[file];

	save(file);
	off += *delta;
	memmove(f->v + off + len, f->v + off + removed, f->len - off - removed);
	memcpy(f->v + off, text, len);
	f->len += len - removed;
	*delta += len - removed;
	f->plain = f->plain && len == removed;
}

/* A splice of the model; false if it is to be refused. */
static bool splice(const struct map *map, size_t addr, size_t removed,
                   const char *text, size_t len, size_t delta[FILES])
{
	size_t done = 0;

	if (removed == 0 && len > 0) {
		size_t off, run, i = locate(map, addr, &off, &run);

		if (!may_resize(&m.segment[i]))
			return false;
		replace(m.segment[i].file, off, 0, text, len,
		        &delta[m.segment[i].file]);
	}
	while (done < removed) {
		size_t off, run, i = locate(map, addr + done, &off, &run);
		const struct segment_model *s = &m.segment[i];
		size_t n = size_min(run, removed - done);
		size_t put = done + n == removed ? len : size_min(n, len);

		if (!may_edit(s) || (put != n && !may_resize(s)))
			return false;
		replace(s->file, off, n, text, put, &delta[s->file]);
		done += n;
		text += put;
		len -= put;
	}
	return true;
}

/* --- comparing ----------------------------------------------------------- */

/* A view that somebody has held for a while, and what it showed then. */
static struct view *old;
static char old_text[SPACE_MOST];

static void check_bytes(const struct view *view, uint64_t addr, size_t len,
                        const char *want)
{
	static char buf[SPACE_MOST];
	struct runs runs = { 0 };
	size_t at = 0;

	must(view_read(view, addr, buf, len, 0, &runs, &err), &err);
	for (size_t i = 0; i < runs.count; i++) {
		size_t n = (size_t)runs.v[i].len;
		bool gap = runs.v[i].state == STATE_GAP;

		ck_assert(gap || runs.v[i].state == STATE_DATA ||
		          runs.v[i].state == STATE_HOLE);
		if (gap)
			memset(buf + at, 0, n);
		ck_assert_msg(memcmp(buf + at, want + at, n) == 0,
		              "at 0x%zx of 0x%zx", (size_t)addr + at,
		              (size_t)view_size(view));
		at += n;
	}
	ck_assert_uint_eq(at, len);
	runs_free(&runs);
}

static void check_around(struct touched t)
{
	static char want[SPACE_MOST];
	const struct view *view = session_view(session);
	size_t all = map_now().all;
	size_t from, to;

	ck_assert_uint_eq(view_size(view), all);
	from = size_min((size_t)t.addr, all);
	to = from + size_min((size_t)t.len + AROUND, all - from);
	from -= size_min(from, AROUND);
	expect(from, to - from, want);
	check_bytes(view, from, to - from, want);
}

static void check_all(void)
{
	ck_assert_ptr_null(space_check(session_space(session)));
	check_around((struct touched){ 0, SPACE_MOST });
	for (size_t i = 1; i <= m.files; i++) {
		const struct document *doc = session_document(session, i);

		if (doc && document_root(doc))
			ck_assert_pstr_eq(tree_check(document_root(doc)), NULL);
	}
	if (old)
		check_bytes(old, 0, (size_t)view_size(old), old_text);
	if (old && below(4) > 0)
		return;
	view_unref(old);
	old = view_ref(session_view(session));
	expect(0, (size_t)view_size(old), old_text);
}

/* --- beginning and end --------------------------------------------------- */

static void make_files(size_t segments)
{
	m.files = 1 + below(size_min(segments + 3, FILES));
	/* One file alone may grow long; many stay short. */
	m.small = segments == 1 ? 1500 : segments < 9 ? 300 : 100;
	for (size_t i = 0; i < m.files; i++) {
		struct file *f = &m.file[i];
		char name[32];

		*f = (struct file){ .plain = true };
		f->len = below(below(3) == 0 ? m.small : 40);
		for (size_t k = 0; k < f->len; k++)
			f->v[k] = (char)('a' + below(26));
		f->base_len = f->len;
		memcpy(f->base, f->v, f->len);
		f->read_only = segments > 1 && below(12) == 0;
		snprintf(name, sizeof(name), "f%zu", i);
		/* ext4 writes at once what was truncated; not what is new. */
		(void)unlink(name);
		free(scratch_file(name, f->v, f->len));
	}
}

static void make_segments(size_t count)
{
	m.segments = count;
	for (size_t i = 0; i < count; i++) {
		struct segment_model *s = &m.segment[i];
		size_t len;

		*s = (struct segment_model){ .file = below(m.files) };
		if (count > 1 && below(12) == 0) {
			s->file = FILES;
			s->size = 1 + below(5);
			continue;
		}
		len = m.file[s->file].len;
		m.file[s->file].shown++;
		if (below(4) == 0)
			s->skip = below(len + 1);
		s->has_size = count > 1 && below(8) == 0;
		if (s->has_size)
			s->size = below(len - s->skip + 1);
	}
}

static struct placement *placement_of(const struct segment_model *s)
{
	char line[100];
	struct words words = { 0 };
	struct placement *p;
	int n;

	if (s->file == FILES)
		n = snprintf(line, sizeof(line), "gap:%zu", s->size);
	else
		n = snprintf(line, sizeof(line), "f%zu skip %zu %s", s->file,
		             s->skip, m.file[s->file].read_only ? "ro" : "rw");
	if (s->file < FILES && s->has_size)
		n += snprintf(line + n, sizeof(line) - (size_t)n, " size %zu",
		              s->size);
	must(words_split(line, (size_t)n, &words, &err), &err);
	p = placement_parse(&words, &units_default, &err);
	words_free(&words);
	must(p != NULL, &err);
	return p;
}

static void start(void)
{
	struct layout inputs = { 0 };

	session = desk_session(&faults_sys, places.given);
	for (size_t i = 0; i < m.segments; i++)
		must(layout_push(&inputs, placement_of(&m.segment[i]), &err),
		     &err);
	must(session_open(session, &inputs, &err), &err);
	layout_clear(&inputs);
}

static void finish(void)
{
	view_unref(old);
	old = NULL;
	desk_finish(&session);
}

static void shuffle_segments(void)
{
	for (size_t i = m.segments; i > 1; i--) {
		size_t k = below(i);
		struct segment_model s = m.segment[i - 1];

		m.segment[i - 1] = m.segment[k];
		m.segment[k] = s;
	}
}

static bool is_changed(void)
{
	for (size_t i = 0; i < m.files; i++) {
		const struct file *f = &m.file[i];

		if (f->len != f->base_len || memcmp(f->v, f->base, f->len) != 0)
			return true;
	}
	return false;
}

static void check_history(void)
{
	ck_assert_uint_eq(past_done(session_past(session)), m.at);
	ck_assert_uint_eq(past_undone(session_past(session)), m.last - m.at);
}

/* End the editor and start it again. A journal in which nothing is unsaved
   goes, and the history with it. */
static void reopen(void)
{
	bool unsaved = session_edited(session) > 0;
	struct desk_waiting waiting;

	ck_assert(unsaved || !is_changed());
	finish();
	shuffle_segments();
	start();
	waiting = desk_look(session);
	ck_assert((waiting.count > 0) == unsaved);
	if (unsaved) {
		ck_assert_int_eq(waiting.state, RECOVER_SAME);
		must(session_recover(session, waiting.journal, &err), &err);
		m.went_back = true;
	} else {
		forget_steps();
	}
	check_history();
	check_all();
}

/* --- edits --------------------------------------------------------------- */

/* What the model said of an edit, and what the session did. */
static void settle(bool want, bool got, bool is_step, unsigned flags)
{
	bool may_join = m.at > 0 && m.at == m.last && !m.went_back;

	if (got != want)
		ck_abort_msg("%s", got ? "not refused" : err.text);
	if (!want)
		refuse();
	else if (is_step)
		commit(flags & EDIT_JOIN && may_join);
	else
		ck_assert_ptr_null(m.now);
}

static size_t random_text(char text[static ADDED], size_t removed)
{
	size_t n = below(below(8) == 0 ? ADDED : 6);

	if (below(3) > 0)
		n = size_min(removed, ADDED);
	for (size_t i = 0; i < m.files; i++) {
		if (m.file[i].len + SPLICES * ADDED > m.small)
			n = size_min(n, removed);
	}
	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + below(26));
	return n;
}

/* The bytes as a piece: put, or a fill when they may be one. */
static struct piece put_text(char *text, size_t n)
{
	struct piece piece;
	size_t period = 1 + below(3);

	if (n < 2 || below(6) > 0) {
		must(store_put(session_store(session), text, n, &piece, &err),
		     &err);
		return piece;
	}
	period = size_min(period, n);
	for (size_t i = period; i < n; i++)
		text[i] = text[i - period];
	must(store_put_fill(session_store(session), text, period, n, &piece,
	                    &err),
	     &err);
	return piece;
}

static struct touched edit(void)
{
	struct session_splice v[SPLICES];
	struct piece piece[SPLICES];
	char text[ADDED];
	struct map map = map_now();
	unsigned flags =
		(below(4) ? 0 : EDIT_JOIN) | (below(4) ? 0 : EDIT_SEEN);
	size_t count = below(4) > 0 ? 1 : 1 + below(SPLICES);
	size_t from = 0, first = SIZE_MAX, delta[FILES] = { 0 };
	bool want = true, is_step = false;

	for (size_t i = 0; i < count; i++) {
		size_t addr = from + below(map.all - from + 1);
		size_t most = below(4) > 0 ? 3 : ADDED;
		size_t removed = below(size_min(map.all - addr, most) + 1);
		size_t n = random_text(text, removed);

		/* Behind the last byte something is inserted elsewhere. */
		if (addr == map.all)
			n = 0;
		piece[i] = put_text(text, n);
		v[i] = (struct session_splice){
			.at = desk_place(session, addr),
			.removed = removed,
			.added = &piece[i],
			.count = n > 0,
		};
		is_step = is_step || removed > 0 || n > 0;
		want = want && splice(&map, addr, removed, text, n, delta);
		first = size_min(first, addr);
		from = addr + removed;
	}
	settle(want, session_edit(session, v, count, flags, &err), is_step,
	       flags);
	return (struct touched){ first, from - first + ADDED };
}

/* Insert behind the last byte of a segment, which may be empty. */
static struct touched append(void)
{
	size_t i = below(m.segments), delta = 0;
	struct segment_model *s = &m.segment[i];
	uint32_t number = 1;
	struct map map = map_now();
	struct session_splice v = { .count = 1 };
	struct piece piece;
	char text[ADDED];
	size_t n = random_text(text, 0), off = s->skip + map.len[i];

	if (n == 0 || s->file == FILES)
		return (struct touched){ 0, 0 };
	for (size_t k = 0; k < i; k++)
		number += m.segment[k].file < FILES;
	piece = put_text(text, n);
	v.at = desk_end(session, number);
	v.added = &piece;
	if (may_resize(s))
		replace(s->file, off, 0, text, n, &delta);
	settle(may_resize(s), session_edit(session, &v, 1, 0, &err), true, 0);
	return (struct touched){ v.at.addr, n };
}

/* Two ranges of one length in one segment; false if there are none. */
static bool find_two(const struct map *map, size_t *a, size_t *b, size_t *n,
                     size_t *segment, size_t off[2])
{
	size_t run[2];

	if (map->all == 0)
		return false;
	*a = below(map->all);
	*b = below(map->all);
	*segment = locate(map, *a, &off[0], &run[0]);
	*n = 1 + below(size_min(run[0], ADDED));
	return locate(map, *b, &off[1], &run[1]) == *segment && run[1] >= *n &&
	       may_edit(&m.segment[*segment]);
}

static struct touched move_or_copy(void)
{
	struct map map = map_now();
	size_t a, b, n, i, off[2], delta = 0;
	char text[ADDED];
	struct place to;
	struct file *f;
	bool got;

	if (!find_two(&map, &a, &b, &n, &i, off))
		return (struct touched){ 0, 0 };
	f = &m.file[m.segment[i].file];
	memcpy(text, f->v + off[0], n);
	to = desk_place(session, b);
	if (below(2) == 0) {
		replace(m.segment[i].file, off[1], n, text, n, &delta);
		got = session_copy(session, a, n, to, true, &err);
		settle(true, got, true, 0);
	} else if (below(3) == 0) {
		bool want = may_resize(&m.segment[i]);

		if (f->len + n > m.small)
			return (struct touched){ 0, 0 };
		if (want)
			replace(m.segment[i].file, off[1], 0, text, n, &delta);
		got = session_copy(session, a, n, to, false, &err);
		settle(want, got, true, 0);
	} else {
		bool is_step = b < a || b > a + n;

		if (is_step) {
			replace(m.segment[i].file, off[0], n, "", 0, &delta);
			delta = b > a ? (size_t)0 - n : 0;
			replace(m.segment[i].file, off[1], 0, text, n, &delta);
		}
		got = session_move(session, a, n, to, &err);
		settle(true, got, is_step, 0);
	}
	return (struct touched){ size_min(a, b),
		                 size_max(a, b) - size_min(a, b) + n };
}

static void restore_file(struct file *f)
{
	memcpy(f->v, f->base, f->base_len);
	f->len = f->base_len;
	f->plain = true;
}

/* Files that edits have left empty come back with what is around them. */
static void restore_emptied(const struct map *map, size_t from, size_t to)
{
	size_t addr = 0;

	for (size_t i = 0; i < m.segments; addr += map->len[i++]) {
		size_t file = m.segment[i].file;

		if (file == FILES || m.file[file].len > 0 ||
		    (addr <= from && from > 0) || (addr >= to && to < map->all))
			continue;
		save(file);
		restore_file(&m.file[file]);
	}
}

/* Have back what the file has, of a segment that shows all of it, or of a part
   whose bytes have not moved. Where nothing was edited it is no step. */
static struct touched revert(void)
{
	struct map map = map_now();
	size_t i = below(m.segments), addr = 0, off = 0, len = map.len[i];
	size_t done = past_done(session_past(session));
	struct file *f;

	if (m.segment[i].file == FILES || len == 0)
		return (struct touched){ 0, 0 };
	for (size_t k = 0; k < i; k++)
		addr += map.len[k];
	f = &m.file[m.segment[i].file];
	if (f->plain) {
		off = below(len);
		len = 1 + below(len - off);
	} else if (m.segment[i].skip > 0 || m.segment[i].has_size) {
		return (struct touched){ 0, 0 };
	}
	save(m.segment[i].file);
	if (f->plain) {
		size_t at = m.segment[i].skip + off;

		memcpy(f->v + at, f->base + at, len);
	} else {
		restore_file(f);
	}
	restore_emptied(&map, addr + off, addr + off + len);
	must(session_revert(session, addr + off, len, &err), &err);
	if (past_done(session_past(session)) != done)
		commit(false);
	else
		refuse();
	return (struct touched){ addr, SPACE_MOST };
}

static struct touched back(size_t n)
{
	for (; n > 0 && m.at > 0; n--) {
		must(session_undo(session, &err), &err);
		swap(m.step[--m.at]);
		m.went_back = true;
	}
	return (struct touched){ below(map_now().all + 1), AROUND };
}

static struct touched forth(size_t n)
{
	for (; n > 0 && m.at < m.last; n--) {
		must(session_redo(session, &err), &err);
		swap(m.step[m.at++]);
		m.went_back = true;
	}
	return (struct touched){ below(map_now().all + 1), AROUND };
}

static struct touched any_edit(void)
{
	size_t burst = below(20) == 0 ? 1 + below(30) : 1;

	switch (below(20)) {
	case 0:
	case 1:
	case 2:
		return back(burst);
	case 3:
	case 4:
		return forth(burst);
	case 5:
	case 6:
		return move_or_copy();
	case 7:
		return append();
	case 8:
		return below(4) == 0 ? revert() : edit();
	default:
		return edit();
	}
}

/* --- cases --------------------------------------------------------------- */

static size_t run_case(size_t segments)
{
	size_t count = 0;

	make_files(segments);
	make_segments(segments);
	start();
	for (; count < STEPS && m.at < STEPS - 1; count++) {
		struct touched t = any_edit();

		check_history();
		if (count % WHOLE == WHOLE - 1)
			check_all();
		else
			check_around(t);
		if (below(REOPEN) == 0 && places.given)
			reopen();
	}
	check_all();
	(void)back(m.at);
	check_all();
	for (size_t i = 1; i <= m.files; i++) {
		const struct document *doc = session_document(session, i);

		ck_assert(!doc || !document_root(doc));
	}
	session_drop_edits(session, true);
	finish();
	forget_steps();
	return count;
}

/* Over so many segments; the first kind keeps no journal. */
static const struct {
	size_t least, most;
	bool journal;
} kinds[] = {
	{ 1, 40, false },
	{ 1, 1, true },
	{ 2, 8, true },
	{ 9, 40, true },
};

START_TEST(any_edits)
{
	size_t most = cases(260000);
	size_t span = kinds[_i].most - kinds[_i].least + 1;

	ck_assert_int_eq(chdir(scratch()), 0);
	rnd = random_seed() + (uint64_t)_i;
	faults_skip_syncs();
	places.given = kinds[_i].journal ? "journals" : NULL;
	for (size_t n = 0; n < most;)
		n += run_case(kinds[_i].least + below(span));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("edits");
	TCase *tc = tcase_create("edits");

	tcase_add_loop_test(tc, any_edits, 0, (int)ARRAY_LEN(kinds));
	tcase_set_timeout(tc, 600);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
