/*
 * clipboard.h - what was copied, as text for the terminal's clipboard
 *
 * By OSC 52, when the user copies, and never the other way. A text that is too
 * long is not sent, and not cut. The bytes stay in the context's register,
 * whatever the terminal can.
 *
 * Threads: the UI thread only.
 */
#ifndef UI_CLIPBOARD_H
#define UI_CLIPBOARD_H

#include "base/base.h"

struct call;
struct context;
struct error;

/* 100,000 characters of base64: terminals cut longer ones, or drop them. */
enum { CLIPBOARD_MOST = 74994, CLIPBOARD_NOTE = 80 };

/* For context.copied: send what the register has, as hex digits, or as text
   when the cursor is in the text pane and they are such. */
void clipboard_copied(struct context *ctx, char note[static CLIPBOARD_NOTE]);

/* The command copy-as. */
bool clipboard_copy_as(struct context *ctx, struct call *call,
                       struct error *err) MUST_USE;

#endif
