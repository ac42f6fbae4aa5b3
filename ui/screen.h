/*
 * screen.h - the terminal: opened, drawn on, suspended, restored
 *
 * These files own its modes and every byte of output; nothing else writes to
 * the terminal. What is written waits for the next screen_show(). The pitfalls
 * that are avoided stand at the top of screen_open.c, by number.
 *
 * Threads: the UI thread only, but for the crash handlers. The terminal is
 * restored on every way out, SIGSEGV, SIGBUS, SIGABRT, SIGFPE and SIGILL
 * included.
 */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "base/base.h"
#include "ui/cells.h"
#include "ui/theme.h"

struct error;
struct screen;

/*
 * Restore the terminal when a signal is about to end the process, and pass the
 * signal on to what was there before. main calls this first: guard_install(),
 * which keeps what it finds, must come after it. Without an open screen the
 * handlers do nothing but pass on.
 */
void screen_install_crash_handlers(void);
/* What the handlers do first; async-signal-safe. Nothing without a screen. */
void screen_crash_restore(void);

struct screen_options {
	bool color; /* false: attributes only (NO_COLOR, color=off) */
	bool mouse;
	bool sync; /* synchronized output */
};

/*
 * Take the terminal (/dev/tty). One screen at a time. The locale is set
 * already, and the signals SIGWINCH SIGTERM SIGHUP SIGINT SIGTSTP SIGCONT are
 * blocked. LINES and COLUMNS leave the environment. A TERM that terminfo does
 * not know is replaced by a near one, and *note says so ("" otherwise; room for
 * 128 bytes). ERR_SYNTAX (exit 2): TERM unset, empty, dumb, or nothing usable
 * in terminfo; ERR_IO: no terminal; ERR_NOMEM.
 */
struct screen *screen_open(const struct screen_options *options, char note[128],
                           struct error *err) MUST_USE;
void screen_close(struct screen *screen); /* restores; NULL is allowed */

int screen_fd(const struct screen *screen);           /* to poll and read */
const char *screen_term(const struct screen *screen); /* the name in use */
bool screen_utf8(const struct screen *screen);
/* Should glyphs be ASCII unless the user says otherwise? Without UTF-8 they
   must, and where Chinese, Japanese or Korean is spoken terminals may draw
   U+2022 and its like two cells wide. */
bool screen_ascii_default(const struct screen *screen);
enum theme_depth screen_depth(const struct screen *screen);
bool screen_has_marks(const struct screen *screen); /* no colour and no reverse:
                                                       signs must be drawn */

/* The theme is copied. Until the first one, everything looks plain. */
void screen_set_theme(struct screen *screen, const struct theme *theme);
void screen_set_options(struct screen *screen,
                        const struct screen_options *options);

void screen_size(const struct screen *screen, int *rows, int *cols);
/* After SIGWINCH: ask the terminal and take its size. */
void screen_resize(struct screen *screen);

/* Show a canvas of the screen's size; the hardware cursor at row, col, hidden
   if row < 0. One frame: changed cells only. May block while the terminal does;
   a terminal that is gone is no error here, poll() tells it. */
void screen_show(struct screen *screen, const struct canvas *canvas, int row,
                 int col);
/* Draw everything anew with the next frame. */
void screen_redraw(struct screen *screen);

/* The title of the terminal window, where there is one; cut to so many
   cells. */
enum { SCREEN_TITLE = 60 };
void screen_title(struct screen *screen, const char *safe_text);
/* Does the terminal have a clipboard, as far as can be known? Give it a text,
   in base64 and whole. */
bool screen_has_clipboard(const struct screen *screen);
void screen_clipboard(struct screen *screen, const char *base64, size_t len);
/* The harness's answer, after the frame. */
void screen_fence(struct screen *screen, uint64_t number);

/* Leave the screen and stop the whole job; returns after SIGCONT, restored, and
   takes that SIGCONT from the pending ones. The size may have changed. */
void screen_suspend(struct screen *screen);
/* After a SIGCONT that screen_suspend() did not wait for. */
void screen_resume(struct screen *screen);

#endif
