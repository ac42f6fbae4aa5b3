/*
 * dialog.h - a question in a box, with buttons that run command lines
 *
 * It opens on the button that loses and writes nothing. Each button has the
 * letter that it shows; what else chooses and presses is in the keymaps. Above
 * its lines it may have rows that scroll, however many.
 *
 * Threads: the UI thread.
 */
#ifndef UI_DIALOG_H
#define UI_DIALOG_H

#include "base/base.h"

struct canvas;

enum {
	DIALOG_BUTTONS = 5,
	DIALOG_LINES = 12,
	DIALOG_TEXT = 256, /* bytes of a line */
	DIALOG_ROW = 512,  /* bytes of a row */
	DIALOG_FEW = 8,    /* rows that are shown, unless it is tall */
};

/* Rows that scroll: asked for when they are painted. */
struct dialog_body {
	uint64_t (*count)(void *ctx);
	/* As wide as that; returns whether it is a heading. */
	bool (*row)(void *ctx, uint64_t idx, int cols,
	            char dst[static DIALOG_ROW]);
	void *ctx;
};

struct button {
	char letter;
	const char *label; /* static */
	const char *word;  /* static: what the letter does, in a word */
	const char *line;  /* static; a command line, "": only closes */
};

struct dialog {
	bool open;
	char title[DIALOG_TEXT];
	char lines[DIALOG_LINES][DIALOG_TEXT];
	int line_count;
	struct button buttons[DIALOG_BUTTONS];
	int button_count, chosen;
	unsigned stays;          /* a bit for each button that leaves it open */
	bool is_aside;           /* not over the cursor */
	struct dialog_body body; /* without count(): none */
	uint64_t top;            /* the first row that is shown */
	int shown;               /* rows that were shown last */
	bool tall;               /* as many as there is room for */
};

/* Open without lines, on the first button. */
void dialog_open(struct dialog *dialog, const char *title,
                 const struct button *buttons, int count);
/* A line more; what does not fit is left out. */
void dialog_say(struct dialog *dialog, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Choose the next button or the one before, around. */
void dialog_next(struct dialog *dialog, bool forward);
/* By so many rows, down if > 0. False: there is nothing to scroll. */
bool dialog_scroll(struct dialog *dialog, long by);

/* Press the button that is chosen, or that of a letter. The dialog closes; the
   line is to be run. NULL: there is no such button. */
const char *dialog_accept(struct dialog *dialog);
const char *dialog_letter(struct dialog *dialog, uint32_t cp);

/* A box in the middle of the given rows of the canvas. */
void dialog_paint(struct dialog *dialog, struct canvas *canvas, int top,
                  int rows, bool ascii);
/* On a canvas that has no room for anything else: the question and the letters
   from the first row on. */
void dialog_paint_tiny(const struct dialog *dialog, struct canvas *canvas);

#endif
