/*
 * screen_term.c - see screen_impl.h: which terminal this is, and what it can do
 *
 * Terminfo, which comes with ncurses, is asked here and nowhere else. What it
 * names is copied out at the start, so that a frame does not look names up.
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

#include "base/error.h"
#include "base/text.h"

static const char *capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (char *)-1 ? NULL : value;
}

const char *screen_param(const char *string, int a, int b)
{
	return string ? tiparm(string, a, b) : NULL;
}

void screen_append(char dst[SCREEN_STRING], const char *string)
{
	size_t used = strlen(dst);
	size_t start = used;

	for (; string && *string; string++) {
		if (string[0] == '$' && string[1] == '<' &&
		    strchr(string, '>')) {
			string = strchr(string, '>');
			continue;
		}
		if (used + 1 >= SCREEN_STRING) {
			used = start;
			break;
		}
		dst[used++] = *string;
	}
	dst[used] = '\0';
}

/* Its bits are those of A_STANDOUT .. A_ITALIC, which terminfo(5) counts. */
static uint16_t without_colors(void)
{
	static const struct {
		unsigned bit;
		uint16_t look;
	} bits[] = {
		{ 1, LOOK_UNDERLINE }, { 2, LOOK_REVERSE }, { 4, LOOK_DIM },
		{ 5, LOOK_BOLD },      { 15, LOOK_ITALIC },
	};
	int ncv = tigetnum("ncv");
	uint16_t looks = 0;

	for (size_t i = 0; ncv > 0 && i < ARRAY_LEN(bits); i++) {
		if ((unsigned)ncv >> bits[i].bit & 1)
			looks |= bits[i].look;
	}
	return looks;
}

static bool is_string(const char *name, const char *value)
{
	const char *is = capability(name);

	return is && strcmp(is, value) == 0;
}

static void learn(struct caps *caps)
{
	const struct {
		const char *name;
		const char **string;
	} strings[] = {
		{ "smcup", &caps->smcup },
		{ "rmcup", &caps->rmcup },
		{ "smkx", &caps->smkx },
		{ "rmkx", &caps->rmkx },
		{ "civis", &caps->civis },
		{ "cnorm", &caps->cnorm },
		{ "clear", &caps->clear },
		{ "el", &caps->el },
		{ "cup", &caps->cup },
		{ "cuf", &caps->cuf },
		{ "csr", &caps->csr },
		{ "ind", &caps->ind },
		{ "indn", &caps->indn },
		{ "ri", &caps->ri },
		{ "rin", &caps->rin },
		{ "sgr0", &caps->sgr0 },
		{ "op", &caps->op },
		{ "setaf", &caps->setaf },
		{ "setab", &caps->setab },
		{ "bold", &caps->attribute[0] },
		{ "dim", &caps->attribute[1] },
		{ "smul", &caps->attribute[2] },
		{ "rev", &caps->attribute[3] },
		{ "sitm", &caps->attribute[4] },
	};

	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		*strings[i].string = capability(strings[i].name);
	caps->colors = tigetnum("colors");
	caps->no_color_attrs = without_colors();
	caps->bce = tigetflag("bce") > 0;
	caps->msgr = tigetflag("msgr") > 0;
	caps->wraps = tigetflag("am") > 0 && tigetflag("xenl") <= 0;
	caps->feeds = is_string("cr", "\r") && is_string("cud1", "\n");
	caps->kmous = capability("kmous") != NULL;
}

/* Does terminfo know it, and can a cursor be moved on it? It is the one in use
   then. */
static bool use(struct screen *screen, const char *term)
{
	int status = 0;

	if (setupterm(term, screen->tty, &status) != OK || status != 1)
		return false;
	learn(&screen->caps);
	if (screen->caps.cup && screen->caps.clear) {
		(void)strcpy(screen->term, term);
		return true;
	}
	screen_forget_term();
	return false;
}

void screen_forget_term(void)
{
	if (cur_term)
		(void)del_curterm(cur_term);
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Is one of the parts of a name ("xterm-kitty") that of a terminal that does
   all that xterm does? */
static bool is_modern(const char *term)
{
	static const char *const names[] = {
		"alacritty", "contour", "foot", "ghostty", "kitty",
		"konsole",   "mlterm",  "rio",  "st",      "tmux",
		"vscode",    "vte",     "warp", "wezterm", "zellij",
	};
	size_t len;

	for (const char *p = term; *p; p += len + (p[len] == '-')) {
		len = strcspn(p, "-");
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			if (strlen(names[i]) == len &&
			    memcmp(p, names[i], len) == 0)
				return true;
		}
	}
	return false;
}

/* A name that works: that of a near one for a terminal that terminfo lacks,
   which is said. False if there is none. */
static bool choose_term(struct screen *screen, const char *term, char note[128])
{
	const char *colorterm = getenv("COLORTERM");
	bool modern = (colorterm && *colorterm) || ends_in(term, "-256color") ||
	              is_modern(term);
	const char *near[] = { modern ? "xterm-256color" : "xterm", "xterm",
		               "vt100" };
	char safe[48];

	note[0] = '\0';
	if (strlen(term) < sizeof(screen->term) && use(screen, term))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		if (!use(screen, near[i]))
			continue;
		(void)text_safe(safe, sizeof(safe), term, strlen(term));
		(void)snprintf(note, 128,
		               "terminal '%s' is not known here: used as %s",
		               safe, near[i]);
		return true;
	}
	return false;
}

bool screen_find_term(struct screen *screen, char note[128], struct error *err)
{
	const char *term = getenv("TERM");

	if (!term || !*term)
		return error_set(err, ERR_SYNTAX,
		                 "no usable terminal (TERM is %s): use -c for "
		                 "batch",
		                 term ? "empty" : "unset");
	if (strcmp(term, "dumb") == 0 || !choose_term(screen, term, note))
		return error_set(err, ERR_SYNTAX,
		                 "no usable terminal (TERM is %s): use -c for "
		                 "batch",
		                 text_shown(term).s);
	return true;
}
