/*
 * screen_term.c - see screen_impl.h: which terminal this is
 *
 * Terminfo is asked before ncurses is started, since newterm() loses memory when
 * it fails.
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <stdlib.h>
#include <string.h>
#include <term.h>

#include "base/error.h"
#include "base/text.h"

const char *screen_capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (char *)-1 ? NULL : value;
}

void screen_append(char dst[SCREEN_STRING], const char *value)
{
	size_t used = strlen(dst);
	size_t start = used;

	for (; value && *value; value++) {
		if (value[0] == '$' && value[1] == '<' && strchr(value, '>')) {
			value = strchr(value, '>');
			continue;
		}
		if (used + 1 >= SCREEN_STRING) {
			used = start;
			break;
		}
		dst[used++] = *value;
	}
	dst[used] = '\0';
}

/* Does terminfo know it, and can a cursor be moved on it? */
static bool is_usable(const char *term, int tty)
{
	int status = 0;
	bool ok;

	if (setupterm(term, tty, &status) != OK || status != 1)
		return false;
	ok = screen_capability("cup") != NULL;
	(void)del_curterm(cur_term);
	return ok;
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

/* P12: choose a name that works; false if there is none. newterm() would find
   out for itself, but loses memory when it fails. */
static bool choose_term(struct screen *screen, const char *term, char note[128])
{
	const char *colorterm = getenv("COLORTERM");
	bool modern = (colorterm && *colorterm) || ends_in(term, "-256color") ||
	              is_modern(term);
	const char *near[] = { modern ? "xterm-256color" : "xterm", "xterm",
		               "vt100" };
	char safe[48];

	note[0] = '\0';
	if (strlen(term) < sizeof(screen->term) &&
	    is_usable(term, screen->tty)) {
		(void)strcpy(screen->term, term);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		if (!is_usable(near[i], screen->tty))
			continue;
		(void)strcpy(screen->term, near[i]);
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
