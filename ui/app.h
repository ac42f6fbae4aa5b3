/*
 * app.h - the editor: what it holds, and how it is drawn
 *
 * One struct holds everything; main makes it. Events come from loop.c, commands
 * from cmd_ui.c, and every change ends in one frame drawn by app_draw().
 *
 * Reads on behalf of the screen never wait: what cannot be had at once is
 * fetched by a job, and the frame is held back for a moment, so that it seldom
 * shows that bytes are pending.
 *
 * Threads: the UI thread, but for the job of a fetch.
 */
#ifndef UI_APP_H
#define UI_APP_H

#include "base/base.h"
#include "base/error.h"
#include "command/context.h"
#include "command/table.h"
#include "source/run.h"
#include "ui/cells.h"
#include "ui/dialog.h"
#include "ui/find.h"
#include "ui/input.h"
#include "ui/keymap.h"
#include "ui/keymap_load.h"
#include "ui/list.h"
#include "ui/outside.h"
#include "ui/pager.h"
#include "ui/paint.h"
#include "ui/preview.h"
#include "ui/prompt.h"
#include "ui/query.h"
#include "ui/recall.h"
#include "ui/recovery.h"
#include "ui/screen.h"
#include "ui/theme.h"
#include "ui/typing.h"
#include "ui/watch.h"
#include "ui/window.h"

enum {
	APP_MIN_COLS = 47,
	APP_MIN_ROWS = 6,
	APP_KEYS = 8,  /* keys of a sequence, at most */
	APP_LOG = 200, /* messages kept for :messages */
	APP_KEYBAR = 10,
	APP_TITLE = 160,  /* bytes of the right of the title line */
	APP_WINDOW = 320, /* of the window's title */
};

/* The parts of the screen, as rows; -1 for what is not shown. */
struct parts {
	int title, ruler;
	int data, data_rows;
	int list, list_rows;
	int status, message, keybar;
	int cols;
};

/* Bytes that a job reads for the screen. */
struct fetch {
	struct job *job;   /* NULL: done */
	struct view *view; /* counted */
	uint64_t addr;
	size_t len;
	unsigned char *bytes; /* owned */
	struct runs runs;
	struct error err;
	bool ok;
	uint64_t time; /* when it was done, ns */
};

struct app {
	struct context ctx;
	struct output out;
	struct output results; /* what commands printed, not shown yet */
	struct screen *screen;
	struct input *input;
	struct keymap *keymap;
	struct theme theme;
	struct canvas canvas;
	struct option_values applied; /* the options as they took effect */
	struct parts parts;
	struct window window;
	struct row *lines;      /* owned: scratch of window_fill() */
	struct shown_row *rows; /* owned */
	int row_count, row_cap;
	struct fetch *fetch;                 /* owned; running */
	struct fetch *fetched;               /* owned; the last that is done */
	uint64_t pending_start, pending_end; /* not had yet, of the screen */
	struct watch watch;
	struct prompt prompt;
	struct recall recall; /* of the prompt, in a file */
	struct find_ui find;
	struct pager pager;
	struct dialog dialog;
	struct preview preview;
	struct query query;
	struct recovery recovery;
	struct outside outside;
	struct typing typing;
	struct list list;
	bool list_focused;
	enum key_mode mode;            /* MODE_NORMAL, MODE_HEX or MODE_TEXT */
	char keys[APP_KEYS][KEY_TEXT]; /* a sequence that has begun */
	size_t key_count;
	uint64_t keys_since;       /* ns */
	bool keys_box;             /* what can follow is shown */
	char next_key[PROMPT_MAX]; /* waits for one key to be appended */
	bool has_next_key;
	bool quoting;        /* the next key is data, whatever it is */
	bool once;           /* data for one byte, then commands again */
	uint64_t next_count; /* the count in front of what waits for it */
	uint64_t count;      /* digits typed before a key */
	char message[ERROR_TEXT];
	enum style message_style;
	char *log[APP_LOG]; /* owned */
	size_t log_count;
	bool hint; /* the box of the first run is shown */
	bool ascii;
	bool test; /* HEXSPAN_TEST=1: the fence is answered */
	bool too_small;
	bool dirty;                    /* a frame is due */
	char window_title[APP_WINDOW]; /* that the terminal was given last */
	bool dragging;
	uint64_t click_addr, click_time; /* for double clicks */
	int keybar_cols[APP_KEYBAR + 1];
	uint64_t fence;
	bool fence_due, fence_idle;
	bool suspend;   /* asked for */
	int end_signal; /* ends the program; 0: none */
};

/* A message: plain, a warning, or an error. Shown until the next key. */
void app_say(struct app *app, enum style style, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* An error, with the command's name in front where that is not "". */
void app_error(struct app *app, const char *command, const struct error *err);

/* Show what commands have printed: one line in the message line, more in the
   pager, under this title. */
void app_show_results(struct app *app, const char *title);

/* Run a command line as typed or bound; shows what it printed and its error.
   False when it failed: then err says why. */
bool app_run(struct app *app, const char *line, struct error *err);

/* What keys mean now. */
enum key_mode app_mode(const struct app *app);

/* Apply options that have changed since the last time. */
void app_apply_options(struct app *app);

/* The rows of the window, over the view of now. */
struct rows app_rows(const struct app *app);
/* The cursor has moved: bring it into sight, or what is shown in its place. */
void app_follow(struct app *app);

/* Work out parts, then rows and bytes, without drawing. */
void app_layout(struct app *app);
void app_load(struct app *app);
/* Does the screen wait for bytes that are being fetched? */
bool app_is_waiting(const struct app *app);
/* The box of the first run: is it in sight? Not where it has no room. */
bool app_shows_hint(const struct app *app);
void app_paint_hint(struct app *app);
/* The job of a fetch has ended. */
void app_fetched(struct app *app);
/* Look at what is on the screen, if that is wanted; and the job of the look
   has ended: true when it was that. */
void app_watch(struct app *app);
bool app_watched(struct app *app, struct job *job);
/* Files have changed: what was fetched may be stale. */
void app_forget_fetched(struct app *app);
/* Draw one frame and show it. */
void app_draw(struct app *app);

/* Open the pager on text. */
void app_page(struct app *app, const char *title, const char *text, size_t len);
/* Pages made from the tables and the live keymap. */
void app_help(struct app *app);
void app_show_keys(struct app *app, const char *mode);
void app_messages(struct app *app);
void app_print_keys_of(struct context *ctx, const char *command);
bool app_help_key(struct context *ctx, const char *key);

/* How typing goes, and where edits are, for the title line: "HEX  OVR  RW
   2 edits  journal ok"; and what must not be overlooked, "" for nothing. */
char *app_title(const struct app *app, char dst[static APP_TITLE]);
/* Give the terminal's window the names of what is open, where they are others
   now. */
void app_name_window(struct app *app);
const char *app_alarm(const struct app *app);

/* The address under a cell of the screen; false where none is. *pane tells in
   which pane. */
bool app_address_at(const struct app *app, int row, int col, uint64_t *addr,
                    enum pane *pane);

/* The command line on a key of the key bar, or NULL. */
const char *app_keybar_line(const struct app *app, int key);

extern const struct command ui_command_table[];
/* Give the context what it asks the editor for: panels, keys. */
void app_hooks(struct app *app);

#endif
