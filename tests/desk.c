/* desk.c - see desk.h */
#include "config.h"

#include "tests/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lexer.h"
#include "edit/store.h"
#include "session.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/support.h"

struct session *desk_session(const struct sys *sys,
                             const struct shelf_places *places)
{
	struct session_options o = {
		.sys = sys,
		.files = { .descriptors = 4,
		           .windows = 2,
		           .window_len = 1 << 16,
		           .blocks = 16 },
		.threads = 1,
		.journal = places,
	};
	struct error err;
	struct session *session = session_new(&o, &err);

	must(session != NULL, &err);
	return session;
}

void desk_file(const char *name, const char *text)
{
	free(scratch_file(name, text, strlen(text)));
}

void desk_open(struct session *session, const char *list)
{
	struct layout inputs = { 0 };
	struct error err;

	while (*list) {
		size_t len = strcspn(list, ";");
		struct words words = { 0 };
		struct placement *p;

		must(words_split(list, len, &words, &err), &err);
		p = placement_parse(&words, &units_default, &err);
		words_free(&words);
		must(p && layout_push(&inputs, p, &err), &err);
		list += len + (list[len] == ';');
	}
	must(session_open(session, &inputs, &err), &err);
	layout_clear(&inputs);
}

struct place desk_place(const struct session *session, uint64_t addr)
{
	return space_place(session_space(session), addr);
}

struct place desk_end(const struct session *session, uint32_t number)
{
	const struct segment *seg =
		space_numbered(session_space(session), number);

	return (struct place){ seg->addr + seg->size, number, SIDE_END };
}

bool desk_splice(struct session *session, struct place at, uint64_t removed,
                 const char *text, unsigned flags, struct error *err)
{
	struct piece piece;
	struct session_splice s = {
		.at = at,
		.removed = removed,
		.added = &piece,
		.count = *text != '\0',
	};

	return (!*text || store_put(session_store(session), text, strlen(text),
	                            &piece, err)) &&
	       session_edit(session, &s, 1, flags, err);
}

void desk_put(struct session *session, uint64_t addr, uint64_t removed,
              const char *text)
{
	struct error err;

	must(desk_splice(session, desk_place(session, addr), removed, text, 0,
	                 &err),
	     &err);
}

size_t desk_text(const struct view *view, char out[static DESK_TEXT])
{
	size_t len = (size_t)view_size(view);
	struct runs runs = { 0 };
	struct error err;

	ck_assert_uint_lt(len, DESK_TEXT);
	must(view_read(view, 0, out, len, 0, &runs, &err), &err);
	runs_free(&runs);
	out[len] = '\0';
	return len;
}

void desk_shows(struct session *session, const char *want)
{
	char text[DESK_TEXT];

	(void)desk_text(session_view(session), text);
	ck_assert_str_eq(text, want);
}

static void see(void *ctx, const struct session_waiting *w)
{
	struct desk_waiting *waiting = ctx;

	snprintf(waiting->journal, sizeof(waiting->journal), "%s", w->journal);
	waiting->state = (int)w->checked.state;
	waiting->count++;
}

struct desk_waiting desk_look(struct session *session)
{
	struct desk_waiting waiting = { 0 };
	struct error err;

	must(session_look(session, see, &waiting, &err), &err);
	return waiting;
}
