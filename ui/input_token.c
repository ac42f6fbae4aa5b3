/* input_token.c - see input_impl.h: what a token is */
#include "config.h"

#include "ui/input_impl.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "ui/csi.h"

void input_queue(struct input *in, const struct event *event, char *text)
{
	struct error err;

	if (!mem_grow(&in->queue, &in->queue_cap, in->tail + 1,
	              sizeof(*in->queue), &err)) {
		mem_free(text);
		return;
	}
	in->queue[in->tail].event = *event;
	in->queue[in->tail].text = text;
	in->tail++;
}

static void queue(struct input *in, const struct event *event)
{
	input_queue(in, event, NULL);
}

static bool emit_bytes(struct input *in, const void *bytes, size_t len,
                       bool alt)
{
	struct event event;

	if (!keys_token(in->keys, bytes, len, alt, &event))
		return false;
	queue(in, &event);
	return true;
}

static bool emit_byte(struct input *in, unsigned char byte, bool alt)
{
	return emit_bytes(in, &byte, 1, alt);
}

/* An ESC stood before what turned out to be no key: it was one itself. */
void input_escape_before(struct input *in)
{
	if (in->alt)
		(void)emit_byte(in, ESC, false);
	in->alt = false;
}

void input_enter(struct input *in, enum state state)
{
	in->state = state;
	in->need = 0;
	if (state != GROUND)
		return;
	in->len = 0;
	in->over = false;
	in->alt = false;
}

void input_append(struct input *in, unsigned char byte)
{
	if (in->len < SEQ_MAX)
		in->seq[in->len++] = byte;
	else
		in->over = true;
}

/* The token is no key. */
void input_drop(struct input *in)
{
	input_escape_before(in);
	input_enter(in, GROUND);
}

/* The token is complete. */
void input_finish(struct input *in)
{
	if (!emit_bytes(in, in->seq, in->len, in->alt))
		input_escape_before(in);
	input_enter(in, GROUND);
}

/* The token is ESC and one byte, both typed; an ESC before it was, too. */
void input_finish_alt(struct input *in)
{
	input_escape_before(in);
	(void)emit_byte(in, in->seq[1], true);
	input_enter(in, GROUND);
}

/* The token ended before it was complete. */
void input_finish_short(struct input *in)
{
	if (in->len == 2 && in->seq[0] == ESC)
		input_finish_alt(in);
	else if (in->len == 1 && in->seq[0] < 0x80)
		input_finish(in);
	else
		input_drop(in);
}

static int with_alt(const struct input *in, int mods)
{
	return in->alt ? mods | KEYS_ALT : mods;
}

/* A key that comes as its code point: CSI code ; mods u, CSI 27 ; mods ; code ~
   (pitfall 20). */
static bool emit_coded(struct input *in, const struct csi *csi, size_t code_idx)
{
	struct event event;
	int mods;

	if (csi->count <= code_idx || !csi_modifiers(csi, 1, &mods) ||
	    !keys_coded(in->keys, csi->param[code_idx], with_alt(in, mods),
	                &event))
		return false;
	queue(in, &event);
	return true;
}

static bool emit_plain(struct input *in, uint64_t number, int mods, int last)
{
	struct event event;

	if (!keys_plain(in->keys, number, with_alt(in, mods), (char)last,
	                &event))
		return false;
	queue(in, &event);
	return true;
}

/* No key: an ESC before it was typed. */
static void emit_report(struct input *in, const struct event *event)
{
	input_escape_before(in);
	queue(in, event);
}

static bool emit_fence(struct input *in, const struct csi *csi)
{
	struct event event = { .kind = EVENT_FENCE };

	if (!in->fence || csi->count < 2 || csi->count > 3)
		return false;
	event.fence = csi->param[1];
	event.fence_idle = csi->count == 3 && csi->param[2] == 1;
	emit_report(in, &event);
	return true;
}

/* CSI .. ~: keys with a number, and what borrowed their form. */
static bool handle_tilde(struct input *in, const struct csi *csi)
{
	int mods;

	switch (csi->param[0]) {
	case 200:
		if (csi->count != 1)
			return false;
		input_escape_before(in);
		paste_begin(&in->paste);
		input_enter(in, PASTE);
		return true;
	case 777:
		return emit_fence(in, csi);
	case 27:
		return csi->count == 3 && emit_coded(in, csi, 2);
	default:
		return csi->count > 0 && csi->count <= 2 &&
		       csi->param[0] < 100 && csi_modifiers(csi, 1, &mods) &&
		       emit_plain(in, csi->param[0], mods, '~');
	}
}

static bool handle_letter(struct input *in, const struct csi *csi)
{
	int mods;

	return strchr("ABCDEFHPQRSZ", csi->final) && csi->count <= 2 &&
	       csi->param[0] <= 1 && !csi_is_position(csi) &&
	       csi_modifiers(csi, 1, &mods) &&
	       emit_plain(in, 1, mods, csi->final);
}

/* rxvt tells Shift, Control and both by the final byte: CSI 5 $, ^ and @; and
   Shift with an arrow by a small letter. */
static bool handle_rxvt(struct input *in, const struct csi *csi)
{
	int mods = KEYS_SHIFT;

	if (csi->count == 0 && csi->final >= 'a' && csi->final <= 'd')
		return emit_plain(in, 1, mods, csi->final - 'a' + 'A');
	if (csi->count != 1 || csi->param[0] >= 100)
		return false;
	if (csi->final == '^')
		mods = KEYS_CTRL;
	else if (csi->final == '@')
		mods |= KEYS_CTRL;
	else if (csi->final != '$')
		return false;
	return emit_plain(in, csi->param[0], mods, '~');
}

/* CSI I, CSI O, CSI M: what has no parameters and is no key. */
static bool handle_bare(struct input *in, unsigned char final)
{
	struct event event = { .kind = EVENT_FOCUS };

	if (final == 'M') {
		input_escape_before(in);
		input_enter(in, X10);
		in->need = 3;
		return true;
	}
	if (final != 'I' && final != 'O')
		return false;
	if (final == 'O')
		event.kind = EVENT_BLUR;
	emit_report(in, &event);
	return true;
}

static bool handle_csi(struct input *in, const struct csi *csi)
{
	struct event event;

	if (csi_mouse(csi, &event)) {
		emit_report(in, &event);
		return true;
	}
	if (csi->mark)
		return false;
	if (csi->count == 0 && handle_bare(in, csi->final))
		return true;
	if (csi->final == '~')
		return handle_tilde(in, csi);
	if (csi->final == 'u')
		return emit_coded(in, csi, 0);
	if (in->rxvt && handle_rxvt(in, csi))
		return true;
	return handle_letter(in, csi);
}

void input_finish_csi(struct input *in)
{
	struct csi csi;

	if (in->over || !csi_parse(&csi, in->seq, in->len) ||
	    !handle_csi(in, &csi))
		input_escape_before(in);
	if (in->state == CSI)
		input_enter(in, GROUND);
}

/* Old terminals put modifiers into SS3, too: ESC O 5 P, ESC O 1 ; 5 P. rxvt
   says Control with an arrow by a small letter. */
void input_finish_ss3(struct input *in)
{
	struct csi csi;
	unsigned char last = in->seq[in->len - 1];
	bool done;
	int mods;

	if (in->len == 3 && in->rxvt && last >= 'a' && last <= 'd')
		done = emit_plain(in, 1, KEYS_CTRL, last - 'a' + 'A');
	else if (in->len == 3)
		done = emit_bytes(in, in->seq, in->len, in->alt);
	else
		done = !in->over && csi_parse(&csi, in->seq, in->len) &&
		       csi.count <= 2 && strchr("ABCDEFHPQRS", last) &&
		       csi_modifiers(&csi, csi.count - 1, &mods) &&
		       emit_plain(in, 1, mods, last);
	if (!done)
		input_escape_before(in);
	input_enter(in, GROUND);
}
