/*
 * test_input.c - tests of ui/input.c
 *
 * What comes out is written down as a line, one word for each event:
 *
 *	a <C-x> [abc]      keys a and <C-x>, a paste of abc ([abc|cut] if cut)
 *	[stalled] [dropped] focus blur
 *	fence=7 idle=7     a fence; one that waits for jobs
 *	press1@2,3CSM      button 1, row 2, column 3, Control Shift Alt
 *
 * "Pitfall n" is number n of the list that the design was made from: what
 * terminals and libtermkey 0.22 were seen to do.
 */
#include "config.h"

#include "ui/input.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/library.h"
#include "base/mem.h"
#include "tests/support.h"

#define MS       UINT64_C(1000000)
#define SECOND   (1000 * MS)
#define PASTE(s) "\033[200~" s "\033[201~"
#define ROW(b, l)                   \
	{                           \
		b, sizeof(b) - 1, l \
	}
#define PUSH(t, s) push((t), (s), sizeof(s) - 1)

struct row {
	const char *bytes;
	size_t len;
	const char *line;
};

struct terminal {
	struct input *in;
	uint64_t now;
	char *line; /* owned */
	size_t len, cap;
};

static const struct input_options xterm = {
	.term = "xterm-256color",
	.utf8 = true,
	.fence = true,
	.wait_ms = 40,
};

static void start_with(struct terminal *t, const struct input_options *options)
{
	struct error err;

	memset(t, 0, sizeof(*t));
	t->now = 5 * SECOND;
	t->cap = 64;
	t->line = calloc(1, t->cap);
	t->in = input_new(options, &err);
	must(t->in != NULL, &err);
}

static void start(struct terminal *t)
{
	start_with(t, &xterm);
}

static void stop(struct terminal *t)
{
	input_free(t->in);
	free(t->line);
}

static void put(struct terminal *t, const char *text, size_t len)
{
	while (t->cap - t->len < len + 1) {
		t->cap *= 2;
		t->line = realloc(t->line, t->cap);
	}
	memcpy(t->line + t->len, text, len);
	t->len += len;
	t->line[t->len] = '\0';
}

static void put_mouse(struct terminal *t, const struct event *e)
{
	static const char *const names[] = { "press", "drag", "release", "up",
		                             "down" };
	char text[64];

	snprintf(text, sizeof(text), "%s%d@%d,%d%s%s%s", names[e->mouse],
	         e->button, e->row, e->col, e->ctrl ? "C" : "",
	         e->shift ? "S" : "", e->alt ? "M" : "");
	put(t, text, strlen(text));
}

static void put_event(struct terminal *t, const struct event *e)
{
	char text[64];

	if (t->len > 0)
		put(t, " ", 1);
	switch (e->kind) {
	case EVENT_KEY:
		put(t, e->key, strlen(e->key));
		break;
	case EVENT_MOUSE:
		put_mouse(t, e);
		break;
	case EVENT_PASTE:
		put(t, "[", 1);
		put(t, e->text, e->len);
		put(t, e->cut ? "|cut]" : "]", e->cut ? 5 : 1);
		break;
	case EVENT_PASTE_STALLED:
		put(t, "[stalled]", 9);
		break;
	case EVENT_PASTE_DROPPED:
		put(t, "[dropped]", 9);
		break;
	case EVENT_FOCUS:
		put(t, "focus", 5);
		break;
	case EVENT_BLUR:
		put(t, "blur", 4);
		break;
	case EVENT_FENCE:
		snprintf(text, sizeof(text), "%s=%llu",
		         e->fence_idle ? "idle" : "fence",
		         (unsigned long long)e->fence);
		put(t, text, strlen(text));
		break;
	}
}

static void take(struct terminal *t)
{
	struct event event;

	while (input_next(t->in, &event))
		put_event(t, &event);
}

static void push(struct terminal *t, const void *bytes, size_t len)
{
	input_push(t->in, bytes, len, t->now);
	take(t);
}

/* Nothing comes for this long. */
static void silence(struct terminal *t, uint64_t ns)
{
	t->now += ns;
	input_timeout(t->in, t->now);
	take(t);
}

/* Nothing comes any more. */
static void settle(struct terminal *t)
{
	int ms;

	while ((ms = input_wait_ms(t->in, t->now)) >= 0)
		silence(t, (uint64_t)ms * MS);
}

static void expect(struct terminal *t, const char *line)
{
	ck_assert_str_eq(t->line, line);
	t->len = 0;
	t->line[0] = '\0';
}

static void check_rows(const struct input_options *options,
                       const struct row *rows, size_t count)
{
	struct terminal t;
	size_t i;
	size_t cut;

	start_with(&t, options);
	for (i = 0; i < count; i++) {
		for (cut = 0; cut < rows[i].len; cut++) {
			push(&t, rows[i].bytes, cut);
			push(&t, rows[i].bytes + cut, rows[i].len - cut);
			settle(&t);
			ck_assert_msg(strcmp(t.line, rows[i].line) == 0,
			              "%s row %zu cut at %zu: '%s', not '%s'",
			              options->term, i, cut, t.line,
			              rows[i].line);
			expect(&t, rows[i].line);
		}
	}
	stop(&t);
}

/* Every key with a name in the keymaps, as xterm encodes it with application
   cursor keys. */
static const struct row keymap_keys[] = {
	ROW("\033%", "<M-%>"),
	ROW("\033/", "<M-/>"),
	ROW("\0331", "<M-1>"),
	ROW("\0332", "<M-2>"),
	ROW("\0333", "<M-3>"),
	ROW("\0334", "<M-4>"),
	ROW("\0335", "<M-5>"),
	ROW("\033:", "<M-:>"),
	ROW("\033>", "<M->>"),
	ROW("\177", "<Backspace>"),
	ROW("\033[3~", "<Delete>"),
	ROW("\033[1;5B", "<C-Down>"),
	ROW("\033OB", "<Down>"),
	ROW("\033[1;3B", "<M-Down>"),
	ROW("\033[1;2B", "<S-Down>"),
	ROW("\033[1;5F", "<C-End>"),
	ROW("\033OF", "<End>"),
	ROW("\033[1;3F", "<M-End>"),
	ROW("\033[1;2F", "<S-End>"),
	ROW("\015", "<Enter>"),
	ROW("\033", "<Escape>"),
	ROW("\033[21~", "<F10>"),
	ROW("\033[23~", "<F11>"),
	ROW("\033[24~", "<F12>"),
	ROW("\033OP", "<F1>"),
	ROW("\033OQ", "<F2>"),
	ROW("\033OR", "<F3>"),
	ROW("\033[1;2R", "<S-F3>"),
	ROW("\033OS", "<F4>"),
	ROW("\033[15~", "<F5>"),
	ROW("\033[17~", "<F6>"),
	ROW("\033[18~", "<F7>"),
	ROW("\033[18;2~", "<S-F7>"),
	ROW("\033[19~", "<F8>"),
	ROW("\033[20~", "<F9>"),
	ROW("\033[1;5H", "<C-Home>"),
	ROW("\033OH", "<Home>"),
	ROW("\033[1;3H", "<M-Home>"),
	ROW("\033[1;2H", "<S-Home>"),
	ROW("\033[2~", "<Insert>"),
	ROW("\033[1;5D", "<C-Left>"),
	ROW("\033OD", "<Left>"),
	ROW("\033[1;3D", "<M-Left>"),
	ROW("\033[1;2D", "<S-Left>"),
	ROW("\033[6;5~", "<C-PageDown>"),
	ROW("\033[6~", "<PageDown>"),
	ROW("\033[6;2~", "<S-PageDown>"),
	ROW("\033[5;5~", "<C-PageUp>"),
	ROW("\033[5~", "<PageUp>"),
	ROW("\033[5;2~", "<S-PageUp>"),
	ROW("\033[1;5C", "<C-Right>"),
	ROW("\033[1;3C", "<M-Right>"),
	ROW("\033OC", "<Right>"),
	ROW("\033[1;2C", "<S-Right>"),
	ROW("\000", "<C-Space>"),
	ROW(" ", "<Space>"),
	ROW("\033[Z", "<S-Tab>"),
	ROW("\011", "<Tab>"),
	ROW("\033[1;5A", "<C-Up>"),
	ROW("\033[1;3A", "<M-Up>"),
	ROW("\033[1;2A", "<S-Up>"),
	ROW("\033OA", "<Up>"),
	ROW("\037", "<C-_>"),
	ROW("\033_", "<M-_>"),
	ROW("\033\001", "<C-M-a>"),
	ROW("\001", "<C-a>"),
	ROW("\002", "<C-b>"),
	ROW("\033b", "<M-b>"),
	ROW("\003", "<C-c>"),
	ROW("\033\004", "<C-M-d>"),
	ROW("\004", "<C-d>"),
	ROW("\033\005", "<C-M-e>"),
	ROW("\005", "<C-e>"),
	ROW("\033e", "<M-e>"),
	ROW("\006", "<C-f>"),
	ROW("\033f", "<M-f>"),
	ROW("\007", "<C-g>"),
	ROW("\033g", "<M-g>"),
	ROW("\010", "<C-h>"),
	ROW("\033h", "<M-h>"),
	ROW("\033i", "<M-i>"),
	ROW("\033j", "<M-j>"),
	ROW("\013", "<C-k>"),
	ROW("\014", "<C-l>"),
	ROW("\033l", "<M-l>"),
	ROW("\033<", "<M-lt>"),
	ROW("<", "<lt>"),
	ROW("\033m", "<M-m>"),
	ROW("\016", "<C-n>"),
	ROW("\033\017", "<C-M-o>"),
	ROW("\017", "<C-o>"),
	ROW("\033o", "<M-o>"),
	ROW("\020", "<C-p>"),
	ROW("\033p", "<M-p>"),
	ROW("\021", "<C-q>"),
	ROW("\022", "<C-r>"),
	ROW("\023", "<C-s>"),
	ROW("\033s", "<M-s>"),
	ROW("\024", "<C-t>"),
	ROW("\033t", "<M-t>"),
	ROW("\025", "<C-u>"),
	ROW("\033u", "<M-u>"),
	ROW("\026", "<C-v>"),
	ROW("\033v", "<M-v>"),
	ROW("\027", "<C-w>"),
	ROW("\033w", "<M-w>"),
	ROW("\033\030", "<C-M-x>"),
	ROW("\030", "<C-x>"),
	ROW("\033x", "<M-x>"),
	ROW("\031", "<C-y>"),
	ROW("\033y", "<M-y>"),
	ROW("\032", "<C-z>"),
	ROW("\033z", "<M-z>"),
};

START_TEST(every_key_of_the_keymaps_comes_back)
{
	static const char *const terms[] = { "xterm", "xterm-256color",
		                             "screen-256color", "tmux-256color",
		                             "linux" };
	struct input_options options = xterm;
	size_t i;

	for (i = 0; i < ARRAY_LEN(terms); i++) {
		options.term = terms[i];
		options.utf8 = true;
		check_rows(&options, keymap_keys, ARRAY_LEN(keymap_keys));
		options.utf8 = false;
		check_rows(&options, keymap_keys, ARRAY_LEN(keymap_keys));
	}
}
END_TEST

START_TEST(printable_characters_are_themselves)
{
	struct terminal t;
	struct event event;
	char byte;

	start(&t);
	for (byte = ' '; byte <= '~'; byte++) {
		input_push(t.in, &byte, 1, t.now);
		ck_assert(input_next(t.in, &event));
		ck_assert_int_eq(event.kind, EVENT_KEY);
		ck_assert_uint_eq(event.codepoint, (unsigned char)byte);
		if (byte == ' ')
			ck_assert_str_eq(event.key, "<Space>");
		else if (byte == '<')
			ck_assert_str_eq(event.key, "<lt>");
		else
			ck_assert_msg(event.key[0] == byte && !event.key[1],
			              "%s", event.key);
		ck_assert(!input_next(t.in, &event));
	}
	stop(&t);
}
END_TEST

START_TEST(a_codepoint_is_of_a_character_alone)
{
	static const struct {
		const char *bytes;
		uint32_t codepoint;
		bool ctrl, shift, alt;
	} rows[] = {
		{ "\303\251", 0xe9, false, false, false },
		{ "\033x", 0, false, false, true },
		{ "\030", 0, true, false, false },
		{ "\033[1;2A", 0, false, true, false },
		{ "\t", 0, false, false, false },
		{ "\033[97;8u", 0, true, true, true },
	};
	struct event event;
	struct terminal t;
	size_t i;

	start(&t);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		input_push(t.in, rows[i].bytes, strlen(rows[i].bytes), t.now);
		ck_assert(input_next(t.in, &event));
		ck_assert_uint_eq(event.codepoint, rows[i].codepoint);
		ck_assert_int_eq(event.ctrl, rows[i].ctrl);
		ck_assert_int_eq(event.shift, rows[i].shift);
		ck_assert_int_eq(event.alt, rows[i].alt);
	}
	stop(&t);
}
END_TEST

static const struct row other_keys[] = {
	ROW("\033[A\033[H\033[F", "<Up> <Home> <End>"), /* normal cursor keys */
	ROW("\033[1~\033[4~", "<Home> <End>"),          /* PuTTY */
	ROW("\033[7~\033[8~", "<Home> <End>"),          /* rxvt */
	ROW("\033[1;5P\033[23;6~", "<C-F1> <C-S-F11>"),
	ROW("\033[25~\033[34~", "<F13> <F20>"),
	ROW("\033[1;8A", "<C-M-S-Up>"),
	ROW("\033O5P\033O1;5Q", "<C-F1> <C-F2>"),         /* old xterm */
	ROW("\033Op\033Oy\033Ok\033OM", "0 9 + <Enter>"), /* keypad */
	ROW("\033\033OA", "<M-Up>"),                      /* Alt as ESC, rxvt */
	ROW("\033\033[5~", "<M-PageUp>"),
	ROW("\033\033", "<Escape> <Escape>"),
	ROW("\033\033\033[A", "<Escape> <M-Up>"),
	ROW("\033\033a", "<Escape> <M-a>"),
	ROW("\033\r\033\t\033\177", "<M-Enter> <M-Tab> <M-Backspace>"),
	ROW("\033\000", "<C-M-Space>"),
	ROW("\034\035\036", "<C-\\> <C-]> <C-^>"),
	ROW("\012", "<C-j>"),
	ROW("\033O", "<M-O>"),
	ROW("\033[", "<M-[>"),
	ROW("\033[\033[A", "<M-[> <Up>"),
	ROW("\033O\r", "<M-O> <Enter>"),
	ROW("\303\251\342\202\254\360\237\230\200", "\303\251 \342\202\254 "
	                                            "\360\237\230\200"),
	ROW("\033\303\251", "<M-\303\251>"),
	/* Not UTF-8: a lone continuation byte, a lead byte alone, before a key
	   and at the end, overlong, a surrogate, past the end, C1. */
	ROW("\251x", "x"),
	ROW("\303x", "x"),
	ROW("\303", ""),
	ROW("\303\033[A", "<Up>"),
	ROW("\300\257\340\200\257", ""),
	ROW("\355\240\200", ""),
	ROW("\364\220\200\200", ""),
	ROW("\302\233", ""),
	ROW("\377\376", ""),
	/* Sequences that are cut short or no keys. */
	ROW("\033[1;", ""),
	ROW("\033[1;5\033[B", "<Down>"),
	ROW("\033[1\r", "<Enter>"),
	ROW("\033[27~",
	    ""), /* libtermkey reads an argument that is not there */
	ROW("\033[27;5~", ""),
	ROW("\033[u", ""),
	ROW("\033[~", ""),
	ROW("\033[99~\033[99999999999999999999~", ""),
	ROW("\033[201~", ""), /* the end of no paste */
	ROW("\033[[Z", ""),
	ROW("\033[5A\033[1;5;5A", ""),
	ROW("\033O~\033O ", ""),
};

START_TEST(other_keys_and_what_is_none)
{
	check_rows(&xterm, other_keys, ARRAY_LEN(other_keys));
}
END_TEST

static const struct row linux_keys[] = {
	ROW("\033[[A\033[[E\033[17~", "<F1> <F5> <F6>"),
	ROW("\033[1~\033[4~", "<Home> <End>"),
	ROW("\033[25~\033[34~", "<F13> <F20>"),
	ROW("\033[[", ""),
	ROW("\033[[\033[[B", "<F2>"),
};

static const struct row rxvt_keys[] = {
	ROW("\033[11~\033[7~\033[8~", "<F1> <Home> <End>"),
	ROW("\033[3$", "<S-Delete>"), /* `$` is no final byte elsewhere */
	ROW("\033[5$\033[5^\033[5@", "<S-PageUp> <C-PageUp> <C-S-PageUp>"),
	ROW("\033[a\033[d\033Oa\033Od", "<S-Up> <S-Left> <C-Up> <C-Left>"),
	ROW("\033\033Oc\033\033[3^", "<C-M-Right> <C-M-Delete>"),
	ROW("\033[?2026;0$y\033[4;1$y\033[;^\033[e", ""),
};

static const struct row vt52_keys[] = {
	ROW("\033A\033P", "<Up> <F1>"),
	ROW("\033B\033x", "<Down> <M-x>"),
};

START_TEST(terminfo_wins)
{
	struct input_options options = xterm;

	options.term = "linux";
	check_rows(&options, linux_keys, ARRAY_LEN(linux_keys));
	options.term = "rxvt";
	check_rows(&options, rxvt_keys, ARRAY_LEN(rxvt_keys));
	options.term = "vt52";
	check_rows(&options, vt52_keys, ARRAY_LEN(vt52_keys));
}
END_TEST

START_TEST(erase_may_be_control_h)
{
	static const struct row plain[] = { ROW("\010\177\033\010",
		                                "<C-h> <Backspace> <C-M-h>") };
	static const struct row erase[] = {
		ROW("\010\177\033\010",
		    "<Backspace> <Backspace> <M-Backspace>")
	};
	struct input_options options = xterm;

	check_rows(&options, plain, 1);
	options.erase_is_h = true;
	check_rows(&options, erase, 1);
}
END_TEST

/* Whatever HOME is, terminfo is found where the system has it, and HOME
   stays. */
START_TEST(any_home)
{
	static const char *const homes[] = { NULL, "", "/dev/null",
		                             "/nonexistent", "/dev/null/x" };
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		struct input *in;

		if (homes[i])
			ck_assert_int_eq(setenv("HOME", homes[i], 1), 0);
		else
			ck_assert_int_eq(unsetenv("HOME"), 0);
		in = input_new(&xterm, &err);
		must(in != NULL, &err);
		ck_assert_pstr_eq(getenv("HOME"), homes[i]);
		input_free(in);
	}
}
END_TEST

START_TEST(a_terminal_must_be_known)
{
	static const char *const unknown[] = { NULL, "", "no-such-terminal",
		                               "../xterm", "xterm/../xterm" };
	struct input_options options = xterm;
	struct error err;
	size_t i;

	for (i = 0; i < ARRAY_LEN(unknown); i++) {
		options.term = unknown[i];
		ck_assert_msg(!input_new(&options, &err), "%zu", i);
		ck_assert_int_eq(err.code, ERR_STATE);
	}
	input_free(NULL);
}
END_TEST

/* It is opened when it is needed: what if it has gone since the build? */
START_TEST(libtermkey_must_be_there)
{
	struct error err;

	library_hide("libtermkey.so.1");
	ck_assert(!input_new(&xterm, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_str_eq(err.text, "libtermkey is not here (libtermkey.so.1)");
	library_hide(NULL);
}
END_TEST

START_TEST(pitfall_2_mouse_reports)
{
	static const struct row rows[] = {
		ROW("\033[<0;10;5M", "press1@4,9"),
		ROW("\033[<2;1;1m", "release3@0,0"),
		ROW("\033[<32;10;6M", "drag1@5,9"),
		ROW("\033[<64;10;5M", "up0@4,9"),
		ROW("\033[<81;300;2M", "down0@1,299C"),
		ROW("\033[<29;1;1M", "press2@0,0CSM"),
		ROW("\033\033[<0;1;1M", "<Escape> press1@0,0"),
		/* No button, buttons of the wheel to the sides, a wheel that is
		   let go, coordinates from 0, too large, too few. */
		ROW("\033[<35;1;1M\033[<3;1;1m", ""),
		ROW("\033[<66;1;1M\033[<64;1;1m\033[<128;1;1M", ""),
		ROW("\033[<0;0;1M\033[<0;1;0M\033[<0;65536;1M", ""),
		ROW("\033[<0;1M\033[<0M\033[<M\033[<0;1;1;1M", ""),
		ROW("\033[<0;65535;65535M", "press1@65534,65534"),
		/* X10 and rxvt reports, whole and cut short by a key. */
		ROW("\033[M !!x", "x"),
		ROW("\033[M\340\377\377x", "x"),
		ROW("\033[M \033[A", "<Up>"),
		ROW("\033[32;5;6Mx", "x"),
	};
	struct input_options options = xterm;

	check_rows(&options, rows, ARRAY_LEN(rows));
	options.utf8 = false;
	check_rows(&options, rows, ARRAY_LEN(rows));
	options.term = "linux";
	check_rows(&options, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(pitfall_3_csi_that_are_too_long)
{
	static const struct row rows[] = {
		/* 12 parameters, 13, 18 */
		ROW("\033[1;5;3;4;5;6;7;8;9;10;11;12Ax", "x"),
		ROW("\033[1;2;3;4;5;6;7;8;9;10;11;12;13Ax", "x"),
		ROW("\033[1;2;3;4;5;6;7;8;9;0;1;2;3;4;5;6;7;8Ax", "x"),
		ROW("\033[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;~x", "x"),
	};
	struct terminal t;
	size_t len;

	check_rows(&xterm, rows, ARRAY_LEN(rows));
	start(&t);
	/* 64 bytes are read, 65 are not; both end with the final byte. */
	for (len = 60; len < 70; len++) {
		char bytes[80];

		memset(bytes, '0', sizeof(bytes));
		memcpy(bytes, "\033[", 2);
		memcpy(bytes + len - 2, "5~x", 3);
		push(&t, bytes, len + 1);
		expect(&t, len <= 64 ? "<PageUp> x" : "x");
	}
	stop(&t);
}
END_TEST

static size_t try_terminals_of(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		struct input_options options = { .term = entry->d_name };
		struct input *in;
		struct error err;

		if (entry->d_name[0] == '.')
			continue;
		in = input_new(&options, &err);
		ck_assert_msg(in || err.code == ERR_STATE, "%s: %s",
		              entry->d_name, err.text);
		count += in != NULL;
		input_free(in);
	}
	if (dir)
		closedir(dir);
	return count;
}

START_TEST(pitfall_4_no_terminal_aborts)
{
	static const char *const roots[] = { "/etc/terminfo", "/lib/terminfo",
		                             "/usr/share/terminfo" };
	size_t count = 0;
	size_t i;
	int c;

	for (i = 0; i < ARRAY_LEN(roots); i++) {
		for (c = '0'; c <= 'z'; c++) {
			char folder[64];

			snprintf(folder, sizeof(folder), "%s/%c", roots[i], c);
			count += try_terminals_of(folder);
		}
	}
	/* The table of the tests above needs these at least. */
	ck_assert_uint_ge(count, 5);
}
END_TEST

/* A compiled terminfo entry, as term(5) says: a header of six numbers, names,
   no flags, no numbers, offsets of strings, strings. */
static void write_terminfo(const char *path, const struct row *strings,
                           size_t count)
{
	enum {
		MAGIC = 0432,
		STRINGS = 356,
	};
	static const char name[] = "hostile";
	unsigned short offsets[STRINGS];
	unsigned short header[6] = { MAGIC, sizeof(name), 0, 0, STRINGS, 0 };
	char table[1024];
	size_t used = 0;
	size_t i;
	FILE *f;

	memset(offsets, 0xff, sizeof(offsets));
	for (i = 0; i < count; i++) {
		offsets[strings[i].len] = (unsigned short)used;
		memcpy(table + used, strings[i].bytes,
		       strlen(strings[i].bytes) + 1);
		used += strlen(strings[i].bytes) + 1;
	}
	header[5] = (unsigned short)used;
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	fwrite(header, sizeof(header), 1, f);
	fwrite(name, sizeof(name), 1, f);
	fwrite(offsets, sizeof(offsets), 1, f);
	fwrite(table, used, 1, f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(pitfall_4_strings_that_clash)
{
	enum {
		BACKSPACE = 55,
		DC = 59,
		DOWN = 61,
		F1 = 66,
		F10 = 67,
		F2 = 68,
		HOME = 76,
		LEFT = 79,
		NPAGE = 81,
		RIGHT = 83,
		UP = 87,
		END = 164,
		MOUSE = 355,
	};
	/* The number of a string stands in `len`. */
	static const struct row strings[] = {
		{ "\177", BACKSPACE, NULL }, /* one byte */
		{ "\033[3", DC, NULL },      /* begins what follows */
		{ "\033[3~", DOWN, NULL },
		{ "\033[3~x", END, NULL },
		{ "\001@\r", F1, NULL }, /* Wyse: begins with Control-A */
		{ "\001A\r", F2, NULL },
		{ "x1", F10, NULL },         /* begins with a character */
		{ "\033[200~", HOME, NULL }, /* ours */
		{ "\033O", LEFT, NULL },
		{ "", RIGHT, NULL },
		{ "\033\033[A", UP, NULL },
		{ "\033_1\033\\", NPAGE, NULL },
		{ "\033[<", MOUSE, NULL },
	};
	static const struct row rows[] = {
		ROW("\177", "<Backspace>"),
		ROW("\001@\r\001A\r", "<F1> <F2>"),
		ROW("\001", "<C-a>"),
		ROW("\001x", "<C-a> x"),
		ROW("\001\033[A", "<C-a> <Up>"),
		ROW("\001@", ""), /* cut short */
		ROW("\001@x", "x"),
		ROW("x1", "x 1"),
		ROW("\033[200~x\033[201~", "[x]"),
		ROW("\033OA", "<Up>"),
		ROW("\033\033[A", "<M-Up>"),
		ROW("\033_1\033\\x", "x"),
		ROW("\033[<0;1;1M", "press1@0,0"),
	};
	struct input_options options = xterm;
	char path[256];

	snprintf(path, sizeof(path), "%s/h", scratch());
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/h/hostile", scratch());
	write_terminfo(path, strings, ARRAY_LEN(strings));
	ck_assert_int_eq(setenv("TERMINFO", scratch(), 1), 0);
	options.term = "hostile";
	check_rows(&options, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(pitfall_5_replies_are_no_keys)
{
	static const struct row rows[] = {
		ROW("\033]11;rgb:1e1e/1e1e/1e1e\007x", "x"),
		ROW("\033]11;rgb:1e1e/1e1e/1e1e\033\\x", "x"),
		ROW("\033]52;c;aGVsbG8=\007x", "x"),
		ROW("\033]lxterm title\033\\x", "x"),
		ROW("\033P>|XTerm(390)\033\\x", "x"),
		ROW("\033P1$r0m\033\\\033P1+r544e=787465726d\033\\x", "x"),
		ROW("\033_Gi=31;OK\033\\x", "x"),
		ROW("\033^text\033\\\033Xtext\007x", "x"),
		ROW("\033]11;\303\234\303\251\007x", "x"), /* 9c inside UTF-8 */
		/* An end by CAN, by SUB, and by a sequence of its own. */
		ROW("\033]1\030x\033]1\032y", "x y"),
		ROW("\033]11;rgb\033[Ax", "<Up> x"),
		ROW("\033]11;rgb\033\033[Ax", "<M-Up> x"),
		ROW("\033\033]11;rgb\007x", "<Escape> x"),
		/* CSI replies: DA1, DA2, kitty, DECRPM, DSR, size, version. */
		ROW("\033[?62;22c\033[>41;390;0c\033[?0u\033[?2026;2$yx", "x"),
		ROW("\033[0n\033[8;24;80t\033[?997;1nx", "x"),
	};
	struct input_options options = xterm;

	check_rows(&options, rows, ARRAY_LEN(rows));
	options.fence = false;
	check_rows(&options, rows, ARRAY_LEN(rows));
	options.utf8 = false;
	check_rows(&options, rows, 8); /* before the one with 9c */
}
END_TEST

START_TEST(pitfall_6_alt_keys_that_begin_strings)
{
	static const struct row rows[] = {
		ROW("\033]", "<M-]>"),
		ROW("\033P", "<M-P>"),
		ROW("\033_", "<M-_>"),
		ROW("\033^", "<M-^>"),
		ROW("\033X", "<M-X>"),
		ROW("\033]x", "<M-]> x"), /* no reply begins so */
		ROW("\033]\033]", "<M-]> <M-]>"),
		ROW("\033_\033[A", "<M-_> <Up>"),
		ROW("\033P\r", "<M-P> <Enter>"),
		ROW("\033X\007", "<M-X> <C-g>"),
		ROW("\033_\303\251", "<M-_> \303\251"),
		ROW("\033\033]", "<Escape> <M-]>"),
	};

	check_rows(&xterm, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(pitfall_10_the_locale_is_told)
{
	/* Without UTF-8 a byte is a character; C1 begins sequences. */
	static const struct row raw[] = {
		ROW("\351\303\251", "\303\251 \303\203 \302\251"),
		ROW("\033\351", "<M-\303\251>"),
		ROW("\2335~\217P\200x", "<PageUp> <F1> x"),
		ROW("\23511;rgb:0/0/0\234x", "x"),
		ROW("\033\2335~", "<Escape> <PageUp>"),
	};
	static const struct row utf8[] = {
		ROW("\351x\303\251", "x \303\251"),
		ROW("\2335~", "5 ~"), /* a stray byte, and then two keys */
	};
	struct input_options options = xterm;

	check_rows(&options, utf8, ARRAY_LEN(utf8));
	options.utf8 = false;
	check_rows(&options, raw, ARRAY_LEN(raw));
}
END_TEST

START_TEST(pitfall_18_shifted_function_keys)
{
	static const struct row rows[] = {
		ROW("\033[1;2R\033[15;5~\033[24;8~",
		    "<S-F3> <C-F5> <C-M-S-F12>"),
		ROW("\033[1;2P\033[1;3Q\033[1;6S", "<S-F1> <M-F2> <C-S-F4>"),
	};

	check_rows(&xterm, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(pitfall_19_mode_reports_are_no_keys)
{
	static const struct row rows[] = {
		ROW("\033[?2026;0$y\033[?1;2$y\033[4;1$yx", "x")
	};

	check_rows(&xterm, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(pitfall_20_keys_as_code_points)
{
	static const struct row rows[] = {
		ROW("\033[27u\033[27;1:1u", "<Escape> <Escape>"),
		ROW("\033[97;5u\033[97;133u\033[97;69u", "<C-a> <C-a> <C-a>"),
		ROW("\033[97:65;2u", "A"),
		ROW("\033[97;1:2u\033[97;1:3u", "a"), /* again; released */
		ROW("\033[57399u\033[57408u\033[57413;5u", "0 9 <C-+>"),
		ROW("\033[57414u\033[57417;2u", "<Enter> <S-Left>"),
		ROW("\033[57427u\033[57376u", "<Begin> <F13>"),
		ROW("\033[9;2u\033[13;5u\033[127;3u",
		    "<S-Tab> <C-Enter> <M-Backspace>"),
		ROW("\033[32u\033[32;5u\033[64;5u",
		    "<Space> <C-Space> <C-Space>"),
		ROW("\033[60u\033[60;3u", "<lt> <M-lt>"),
		ROW("\033[105;5u\033[109;5u\033[91;5u\033[105;7u",
		    "<Tab> <Enter> <Escape> <M-Tab>"),
		ROW("\033[97;6u\033[65;5u", "<C-S-a> <C-a>"),
		ROW("\033[27;5;97~\033[27;2;65~\033[27;5;9~",
		    "<C-a> A <C-Tab>"),
		ROW("\033[1;129A\033[5;133~\033[1;1:3A", "<Up> <C-PageUp>"),
		ROW("\033[233u", "\303\251"),
		/* Super, Hyper; locks and modifiers alone; no characters. */
		ROW("\033[97;9u\033[97;17u\033[1;9A", ""),
		ROW("\033[57358u\033[57441;2u\033[57428u", ""),
		ROW("\033[0u\033[1u\033[128u\033[55296u\033[1114112u", ""),
		ROW("\033[4294967393u\033[18446744073709551713u", ""),
	};

	check_rows(&xterm, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(pitfall_22_positions)
{
	static const struct row rows[] = {
		ROW("\033[1;5R", "<C-F3>"), /* the same as row 1, column 5 */
		ROW("\033[R", "<F3>"),
		ROW("\033[24;80R\033[2;2R\033[1;9R\033[1;80R", ""),
		ROW("\033[5R\033[0;5R\033[;5R\033[1;0R\033[1;5;1R", ""),
		ROW("\033[?1;5R\033[?24;80;1R", ""),
	};

	check_rows(&xterm, rows, ARRAY_LEN(rows));
}
END_TEST

START_TEST(pitfall_23_a_paste_without_end)
{
	struct terminal t;

	start(&t);
	PUSH(&t, "a\033[200~one");
	ck_assert(input_in_paste(t.in));
	ck_assert_int_eq(input_wait_ms(t.in, t.now), 1000);
	silence(&t, SECOND - 1);
	expect(&t, "a");
	silence(&t, 1);
	expect(&t, "[stalled]");
	/* Said once; no clock runs; all that comes belongs to it. */
	ck_assert_int_eq(input_wait_ms(t.in, t.now), -1);
	silence(&t, 60 * SECOND);
	PUSH(&t, "two\033[Aq\r\033:");
	settle(&t);
	expect(&t, "");
	ck_assert(input_in_paste(t.in));
	PUSH(&t, "\033[201~b");
	expect(&t, "[onetwo\033[Aq\r\033:] b");
	ck_assert(!input_in_paste(t.in));
	stop(&t);
}
END_TEST

START_TEST(pitfall_23_a_lone_escape_drops_it)
{
	struct terminal t;

	start(&t);
	/* Before it has stalled, an ESC is a byte of it. */
	PUSH(&t, "\033[200~one");
	PUSH(&t, "\033");
	silence(&t, 999 * MS);
	ck_assert(input_in_paste(t.in));
	silence(&t, MS);
	expect(&t, "[stalled]");
	/* One that something follows is none, nor is one that ends a piece. */
	PUSH(&t, "\033");
	silence(&t, 39 * MS);
	PUSH(&t, "x");
	settle(&t);
	PUSH(&t, "y\033");
	settle(&t);
	ck_assert(input_in_paste(t.in));
	PUSH(&t, "\033");
	ck_assert_int_eq(input_wait_ms(t.in, t.now), 40);
	silence(&t, 40 * MS);
	ck_assert(!input_in_paste(t.in));
	expect(&t, "[dropped]");
	PUSH(&t, "k\033[201~");
	settle(&t);
	expect(&t, "k");
	/* The next paste is whole. */
	PUSH(&t, PASTE("two"));
	expect(&t, "[two]");
	/* An end that comes in two pieces after a stall is an end. */
	PUSH(&t, "\033[200~three");
	silence(&t, SECOND);
	PUSH(&t, "\033");
	PUSH(&t, "[201~");
	settle(&t);
	expect(&t, "[stalled] [three]");
	stop(&t);
}
END_TEST

START_TEST(pitfall_23_a_paste_is_capped)
{
	struct terminal t;
	struct event event;
	char *text = malloc(PASTE_MAX);
	int more;

	memset(text, 'x', PASTE_MAX);
	start(&t);
	for (more = 0; more < 2; more++) {
		input_push(t.in, "\033[200~", 6, t.now);
		input_push(t.in, text, PASTE_MAX, t.now);
		input_push(t.in, "yz", more ? 2 : 0, t.now);
		input_push(t.in, "\033[201~k", 7, t.now);
		ck_assert(input_next(t.in, &event));
		ck_assert_int_eq(event.kind, EVENT_PASTE);
		ck_assert_uint_eq(event.len, PASTE_MAX);
		ck_assert_int_eq(event.cut, more == 1);
		ck_assert_mem_eq(event.text, text, PASTE_MAX);
		take(&t);
		expect(&t, "k");
	}
	stop(&t);
	free(text);
}
END_TEST

START_TEST(pitfall_24_escape_before_something)
{
	static const struct row rows[] = {
		ROW("\033\033[777;5~", "<Escape> fence=5"),
		ROW("\033\033[I", "<Escape> focus"),
		ROW("\033" PASTE("x"), "<Escape> [x]"),
		ROW("\033\033[?62c", "<Escape>"),
		ROW("\033\033[M !!", "<Escape>"),
	};
	struct terminal t;

	check_rows(&xterm, rows, ARRAY_LEN(rows));
	start(&t);
	PUSH(&t, "\033");
	ck_assert_int_eq(input_wait_ms(t.in, t.now), 40);
	silence(&t, 40 * MS - 1);
	ck_assert_int_eq(input_wait_ms(t.in, t.now), 1);
	expect(&t, "");
	silence(&t, 1);
	expect(&t, "<Escape>");
	ck_assert_int_eq(input_wait_ms(t.in, t.now), -1);
	PUSH(&t, "[A");
	expect(&t, "[ A");
	/* Without silence that was seen, late is not alone. */
	PUSH(&t, "\033");
	t.now += 10 * SECOND;
	PUSH(&t, "[A");
	expect(&t, "<Up>");
	stop(&t);
}
END_TEST

START_TEST(focus_fence_and_paste)
{
	static const struct row rows[] = {
		ROW("a\033[Ib\033[Oc", "a focus b blur c"),
		ROW("x\033[777;12~y", "x fence=12 y"),
		ROW("\033[777;3;1~\033[777;18446744073709551615~",
		    "idle=3 fence=18446744073709551615"),
		ROW("\033[777~\033[777;1;2;3~", ""),
		ROW(PASTE(""), "[]"),
		ROW("a" PASTE("b\033[777;1~\033[I") "c",
		    "a [b\033[777;1~\033[I] c"),
		ROW(PASTE("\033[200~\033\033[20\033[201\033[2") PASTE("y"),
		    "[\033[200~\033\033[20\033[201\033[2] [y]"),
		ROW("\033[200;1~x\033[0200~y\033[201~", "x [y]"),
	};
	static const struct row without[] = { ROW("x\033[777;12~\033[777;3;1~y",
		                                  "x y") };
	struct input_options options = xterm;

	check_rows(&options, rows, ARRAY_LEN(rows));
	options.fence = false;
	check_rows(&options, without, ARRAY_LEN(without));
}
END_TEST

START_TEST(a_paste_is_borrowed_until_the_next_call)
{
	struct event event;
	struct terminal t;

	start(&t);
	input_push(t.in, PASTE("one") PASTE("two"), 2 * 12 + 6, t.now);
	ck_assert(input_next(t.in, &event));
	ck_assert_mem_eq(event.text, "one", 3);
	ck_assert(input_next(t.in, &event));
	ck_assert_mem_eq(event.text, "two", 3);
	/* What is not fetched is not lost. */
	input_push(t.in, PASTE("three"), 17, t.now);
	input_push(t.in, "k", 1, t.now);
	take(&t);
	expect(&t, "[three] k");
	input_push(t.in, PASTE("four"), 16, t.now);
	stop(&t); /* nor leaked */
}
END_TEST

START_TEST(a_string_without_end_is_given_up)
{
	struct terminal t;
	int i;

	start(&t);
	PUSH(&t, "\033]11;");
	for (i = 0; i < 9; i++) {
		silence(&t, 100 * MS);
		PUSH(&t, "abc");
	}
	ck_assert_int_eq(input_wait_ms(t.in, t.now), 100);
	silence(&t, 100 * MS);
	PUSH(&t, "k");
	expect(&t, "k");
	/* An ESC at its end may be half an ST, and waits as long. */
	PUSH(&t, "\033]11;\033");
	silence(&t, 999 * MS);
	PUSH(&t, "\\k");
	expect(&t, "k");
	PUSH(&t, "\033]11;\033");
	silence(&t, SECOND);
	PUSH(&t, "k");
	expect(&t, "k");
	stop(&t);
}
END_TEST

START_TEST(a_long_string_is_given_up_after_silence)
{
	struct terminal t;
	char text[2048];
	int i;

	memset(text, 'x', sizeof(text));
	start(&t);
	PUSH(&t, "\033]52;");
	for (i = 0; i < 10; i++) {
		push(&t, text, sizeof(text));
		silence(&t, i < 2 ? 0 : 999 * MS);
	}
	expect(&t, "");
	silence(&t, SECOND);
	PUSH(&t, "k");
	expect(&t, "k");
	stop(&t);
}
END_TEST

START_TEST(what_is_cut_short_is_given_up)
{
	static const char *const cut[] = { "\033[1;5", "\033O1", "\303",
		                           "\033[M!", "\033\303" };
	struct terminal t;
	size_t i;

	start(&t);
	for (i = 0; i < ARRAY_LEN(cut); i++) {
		push(&t, cut[i], strlen(cut[i]));
		ck_assert_int_eq(input_wait_ms(t.in, t.now), 1000);
		silence(&t, SECOND - 1);
		expect(&t, "");
		silence(&t, 1);
		expect(&t, i == 4 ? "<Escape>" : "");
		PUSH(&t, "k");
		expect(&t, "k");
	}
	stop(&t);
}
END_TEST

START_TEST(time_does_nothing_before_its_time)
{
	struct terminal t;

	start(&t);
	ck_assert_int_eq(input_wait_ms(t.in, t.now), -1);
	silence(&t, 3600 * SECOND);
	push(&t, "", 0);
	PUSH(&t, "\033");
	/* A clock that went back. */
	ck_assert_int_eq(input_wait_ms(t.in, t.now - SECOND), 40);
	input_timeout(t.in, 0);
	take(&t);
	expect(&t, "");
	push(&t, "", 0);
	settle(&t);
	expect(&t, "<Escape>");
	stop(&t);
}
END_TEST

static const struct row tokens[] = {
	ROW("a", "a"),
	ROW("\001", "<C-a>"),
	ROW("\033x", "<M-x>"),
	ROW("\303\251", "\303\251"),
	ROW("\033[A", "<Up>"),
	ROW("\033OP", "<F1>"),
	ROW("\033[1;2R", "<S-F3>"),
	ROW("\033[97;5u", "<C-a>"),
	ROW("\033[I", "focus"),
	ROW("\033[777;1~", "fence=1"),
	ROW("\033[<0;1;1M", "press1@0,0"),
	ROW("\033[M!!!", ""),
	ROW("\033[24;80R", ""),
	ROW("\033]11;rgb:0\007", ""),
	ROW("\033P1$r0m\033\\", ""),
	ROW("\377", ""),
};

struct stream {
	char bytes[4096];
	size_t len;
	char line[8192];
};

static void add_token(struct stream *s, const struct row *row)
{
	memcpy(s->bytes + s->len, row->bytes, row->len);
	s->len += row->len;
	if (*row->line && *s->line)
		strcat(s->line, " ");
	strcat(s->line, row->line);
}

static char random_byte(uint64_t *state)
{
	static const char likely[] = "\033\033[[]OP20201~~;1MmIRu?<\007\\";

	if (random_below(state, 3) == 0)
		return (char)(1 + random_below(state, 255));
	return likely[random_below(state, sizeof(likely) - 1)];
}

static void add_paste(struct stream *s, uint64_t *state)
{
	char body[128];
	size_t len = random_below(state, sizeof(body) - 2);
	size_t i;

	body[0] = '[';
	for (i = 1; i <= len; i++)
		body[i] = random_byte(state);
	body[i] = '\0';
	if (strstr(body, "\033[201~"))
		return;
	memcpy(s->bytes + s->len, "\033[200~", 6);
	memcpy(s->bytes + s->len + 6, body + 1, len);
	memcpy(s->bytes + s->len + 6 + len, "\033[201~", 6);
	s->len += 12 + len;
	body[i] = ']';
	strcat(s->line, *s->line ? " " : "");
	strncat(s->line, body, len + 2);
}

static void push_pieces(struct terminal *t, const char *bytes, size_t len,
                        uint64_t *state)
{
	size_t i = 0;

	while (i < len) {
		size_t n = 1 + random_below(state, 1 + random_below(state, 64));

		n = size_min(n, len - i);
		push(t, bytes + i, n);
		i += n;
	}
}

START_TEST(random_streams_in_random_pieces)
{
	uint64_t state = random_seed();
	struct terminal t;
	size_t n = cases(300);

	start(&t);
	while (n-- > 0) {
		struct stream s = { .len = 0 };

		while (s.len < sizeof(s.bytes) - 256 &&
		       random_below(&state, 40) != 0) {
			if (random_below(&state, 4) == 0)
				add_paste(&s, &state);
			else
				add_token(&s,
				          &tokens[random_below(
						  &state, ARRAY_LEN(tokens))]);
		}
		push_pieces(&t, s.bytes, s.len, &state);
		settle(&t);
		expect(&t, s.line);
	}
	stop(&t);
}
END_TEST

/* Whatever the bytes: a byte that begins and ends inside a paste brings
   nothing, one that ends it brings that paste at most; and the pieces in which
   they come make no difference. */
static void check_noise(const struct input_options *options, const char *bytes,
                        size_t len, uint64_t *state)
{
	struct terminal one;
	struct terminal whole;
	struct event event;
	size_t i;

	start_with(&one, options);
	start_with(&whole, options);
	for (i = 0; i < len; i++) {
		bool before = input_in_paste(one.in);

		input_push(one.in, bytes + i, 1, one.now);
		if (before && input_in_paste(one.in)) {
			ck_assert(!input_next(one.in, &event));
		} else if (before) {
			ck_assert(input_next(one.in, &event));
			ck_assert_int_eq(event.kind, EVENT_PASTE);
			put_event(&one, &event);
			ck_assert(!input_next(one.in, &event));
		}
		take(&one);
	}
	push_pieces(&whole, bytes, len, state);
	settle(&one);
	settle(&whole);
	ck_assert_str_eq(one.line, whole.line);
	stop(&one);
	stop(&whole);
}

START_TEST(noise_makes_no_key_inside_a_paste)
{
	static const char *const terms[] = { "xterm-256color", "linux", "rxvt",
		                             "vt52" };
	uint64_t state = random_seed();
	size_t n = cases(200);

	while (n-- > 0) {
		struct input_options options = {
			.term = terms[random_below(&state, ARRAY_LEN(terms))],
			.utf8 = random_below(&state, 2) == 0,
			.fence = random_below(&state, 2) == 0,
			.erase_is_h = random_below(&state, 2) == 0,
			.wait_ms = (int)random_below(&state, 3) * 20,
		};
		char bytes[512];
		size_t i;

		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = random_byte(&state);
		if (random_below(&state, 2) == 0)
			memcpy(bytes + random_below(&state, 400), "\033[200~",
			       6);
		check_noise(&options, bytes, sizeof(bytes), &state);
	}
}
END_TEST

START_TEST(no_memory_for_an_input)
{
	struct input *in = NULL;
	struct error err;
	long n;

	for (n = 0; !in; n++) {
		ck_assert_int_lt(n, 10000);
		mem_fail_after(n);
		in = input_new(&xterm, &err);
		mem_fail_after(-1);
		if (!in)
			ck_assert_int_eq(err.code, ERR_NOMEM);
	}
	ck_assert_int_gt(n, 10);
	input_free(in);
}
END_TEST

/* Events are lost from the stream, but none is there that was not before. */
START_TEST(no_memory_for_events)
{
	static const char bytes[] =
		"a" PASTE("bcdefghijkl") "k\033[A" PASTE("x");
	struct terminal t;
	struct event event;
	long n;
	size_t at;

	for (n = 0; n < 12; n++) {
		start(&t);
		for (at = 0; at < sizeof(bytes) - 1; at++) {
			mem_fail_after(at < 20 ? n : -1);
			input_push(t.in, bytes + at, 1, t.now);
			mem_fail_after(-1);
			/* Not fetched until the end: the queue must grow. */
		}
		while (input_next(t.in, &event)) {
			if (event.kind == EVENT_PASTE && event.len > 1)
				ck_assert_uint_eq(event.len, 11);
			put_event(&t, &event);
		}
		if (n == 0)
			expect(&t, "k <Up> [x]");
		else
			ck_assert(strstr(t.line, "k <Up> [x]"));
		stop(&t);
	}
}
END_TEST

START_TEST(no_memory_in_the_middle_of_a_paste)
{
	struct terminal t;
	char text[4096];

	memset(text, 'x', sizeof(text));
	start(&t);
	PUSH(&t, "\033[200~abc");
	mem_fail_after(0);
	input_push(t.in, text, sizeof(text), t.now);
	mem_fail_after(-1);
	push(&t, text, sizeof(text));
	PUSH(&t, "\033[201~k" PASTE("next"));
	expect(&t, "k [next]");
	stop(&t);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("input");
	TCase *keys = tcase_create("keys");
	TCase *pitfalls = tcase_create("pitfalls");
	TCase *stream = tcase_create("stream");

	tcase_set_timeout(keys, 120);
	tcase_set_timeout(pitfalls, 120);
	tcase_set_timeout(stream, 120);
	tcase_add_test(keys, every_key_of_the_keymaps_comes_back);
	tcase_add_test(keys, printable_characters_are_themselves);
	tcase_add_test(keys, a_codepoint_is_of_a_character_alone);
	tcase_add_test(keys, other_keys_and_what_is_none);
	tcase_add_test(keys, terminfo_wins);
	tcase_add_test(keys, erase_may_be_control_h);
	tcase_add_test(keys, any_home);
	tcase_add_test(keys, a_terminal_must_be_known);
	tcase_add_test(keys, libtermkey_must_be_there);
	tcase_add_test(pitfalls, pitfall_2_mouse_reports);
	tcase_add_test(pitfalls, pitfall_3_csi_that_are_too_long);
	tcase_add_test(pitfalls, pitfall_4_no_terminal_aborts);
	tcase_add_test(pitfalls, pitfall_4_strings_that_clash);
	tcase_add_test(pitfalls, pitfall_5_replies_are_no_keys);
	tcase_add_test(pitfalls, pitfall_6_alt_keys_that_begin_strings);
	tcase_add_test(pitfalls, pitfall_10_the_locale_is_told);
	tcase_add_test(pitfalls, pitfall_18_shifted_function_keys);
	tcase_add_test(pitfalls, pitfall_19_mode_reports_are_no_keys);
	tcase_add_test(pitfalls, pitfall_20_keys_as_code_points);
	tcase_add_test(pitfalls, pitfall_22_positions);
	tcase_add_test(pitfalls, pitfall_23_a_paste_without_end);
	tcase_add_test(pitfalls, pitfall_23_a_lone_escape_drops_it);
	tcase_add_test(pitfalls, pitfall_23_a_paste_is_capped);
	tcase_add_test(pitfalls, pitfall_24_escape_before_something);
	tcase_add_test(stream, focus_fence_and_paste);
	tcase_add_test(stream, a_paste_is_borrowed_until_the_next_call);
	tcase_add_test(stream, a_string_without_end_is_given_up);
	tcase_add_test(stream, a_long_string_is_given_up_after_silence);
	tcase_add_test(stream, what_is_cut_short_is_given_up);
	tcase_add_test(stream, time_does_nothing_before_its_time);
	tcase_add_test(stream, random_streams_in_random_pieces);
	tcase_add_test(stream, noise_makes_no_key_inside_a_paste);
	tcase_add_test(stream, no_memory_for_an_input);
	tcase_add_test(stream, no_memory_for_events);
	tcase_add_test(stream, no_memory_in_the_middle_of_a_paste);
	suite_add_tcase(suite, keys);
	suite_add_tcase(suite, pitfalls);
	suite_add_tcase(suite, stream);
	return run_suite(suite);
}
