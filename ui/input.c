/*
 * input.c - see input.h
 *
 * libtermkey knows keys, but not which bytes of a stream are none: it makes
 * keys of pasted text and of replies that end in BEL, reads arguments that are
 * not there (CSI 27 ~), and writes past 16 of them. So the stream is cut into
 * tokens here - a byte, a character, a sequence - and what is not a key ends
 * here. keys.c is given one whole token at a time and only names it. This costs
 * a second reading of each sequence, which is short.
 *
 * Strings are the hard case: ESC ] begins a reply of the terminal (OSC), and it
 * is also Alt-]; the same goes for P (DCS), _ (APC), ^ (PM) and X (SOS). We ask
 * the terminal nothing, so each reply is a stray one, and none may become keys:
 *
 *	ESC ] waits for more as a lone ESC does. It is Alt-] when nothing comes
 *	for wait_ms, or when what comes cannot begin a reply.
 *	A reply begins, for OSC, with a digit, `l` or `L`; for the others with
 *	anything that can be printed. From there all is swallowed, up to ST,
 *	BEL, CAN or SUB; an ESC that does not begin ST ends it, too, and begins
 *	a sequence of its own, so that arrows and function keys work at once.
 *	A string without an end is given up after 1 s, and the keyboard is back.
 *	One of more than 4 KiB was not typed: it is given up after 1 s of
 *	silence, for what follows of it would be keys.
 *
 * The rest is decided the same way: what can be typed - ESC and one byte - is a
 * key after wait_ms; what cannot, is dropped after 1 s.
 *
 * Invariants:
 *
 *  I1  seq[0, len) are the bytes of the unfinished token, from its last ESC;
 *      `alt` says that one ESC stood before: Alt if the token is a key, else
 *      the Escape key.
 *  I2  Silence is known only from input_timeout(). Bytes that are pushed late
 *      may have waited in the kernel, and continue what they continue.
 *  I3  In state PASTE nothing is queued but EVENT_PASTE_STALLED, and at its end
 *      at most one EVENT_PASTE or EVENT_PASTE_DROPPED.
 */
#include "config.h"

#include "ui/input.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "ui/input_impl.h"

enum {
	BEL = 0x07,
	CAN = 0x18,
	SUB = 0x1a,
	DEL = 0x7f,
	ST = 0x9c,

	TYPED_MAX = 4096, /* no longer string is typed within a second */
	NS_PER_MS = 1000000,
};

#define GIVE_UP_NS UINT64_C(1000000000)
#define NEVER      UINT64_MAX

/* What the token is among the strings of terminfo. */
static enum keys_match match_token(const struct input *in)
{
	return in->over ? KEYS_NONE : keys_match(in->keys, in->seq, in->len);
}

static void step(struct input *in, unsigned char byte);

/* The byte ends the token without being part of it. */
static void step_again(struct input *in, unsigned char byte)
{
	input_finish_short(in);
	step(in, byte);
}

/* A byte of 80..ff that begins a token; `alt` stays as it is. */
static void begin_high(struct input *in, unsigned char byte)
{
	static const char introducers[] = "OPX[]^_";

	if (in->utf8 && byte >= 0xc2 && byte <= 0xf4) {
		input_enter(in, UTF8);
		in->need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
		in->len = 0;
		input_append(in, byte);
	} else if (!in->utf8 && byte >= 0xa0) {
		in->len = 0;
		input_append(in, byte);
		input_finish(in);
	} else if (!in->utf8 && strchr(introducers, byte - 0x40)) {
		input_drop(in);
		step(in, ESC);
		step(in, (unsigned char)(byte - 0x40));
	} else {
		input_drop(in);
	}
}

static void step_ground(struct input *in, unsigned char byte)
{
	if (byte >= 0x80) {
		begin_high(in, byte);
		return;
	}
	input_append(in, byte);
	if (byte == ESC)
		input_enter(in, ESCAPE);
	else if (match_token(in) == KEYS_PART)
		input_enter(in, PREFIX);
	else
		input_finish(in);
}

static void step_utf8(struct input *in, unsigned char byte)
{
	if ((byte & 0xc0) != 0x80) {
		step_again(in, byte);
		return;
	}
	input_append(in, byte);
	if (in->len < in->need)
		return;
	/* libtermkey takes U+0080..9F for Control and Alt. */
	if (in->seq[0] == 0xc2 && byte < 0xa0)
		input_drop(in);
	else
		input_finish(in);
}

static void step_prefix(struct input *in, unsigned char byte)
{
	enum keys_match match;

	input_append(in, byte);
	match = match_token(in);
	if (match == KEYS_WHOLE) {
		input_finish(in);
	} else if (match == KEYS_NONE) {
		in->len--;
		step_again(in, byte);
	}
}

static void step_escape(struct input *in, unsigned char byte)
{
	enum keys_match match;

	if (byte == ESC) {
		input_escape_before(in);
		in->alt = true;
		return;
	}
	if (byte >= 0x80) {
		input_escape_before(in);
		in->alt = true;
		begin_high(in, byte);
		return;
	}
	input_append(in, byte);
	match = match_token(in);
	if (match == KEYS_WHOLE)
		input_finish(in);
	else if (byte == '[')
		input_enter(in, CSI);
	else if (byte == 'O')
		input_enter(in, SS3);
	else if (byte && strchr("]P_^X", byte))
		input_enter(in, STRING_START);
	else if (match == KEYS_PART)
		input_enter(in, PREFIX);
	else
		input_finish_alt(in);
}

/* Of a CSI, before its last byte. */
static bool is_one_number(const struct input *in)
{
	size_t i;

	for (i = 2; i + 1 < in->len; i++)
		if (in->seq[i] < '0' || in->seq[i] > '9')
			return false;
	return true;
}

/* CSI and SS3: a final byte completes them, unless terminfo wants more. */
static void step_sequence(struct input *in, unsigned char byte)
{
	enum keys_match match;
	bool final;

	if (byte < 0x20 || byte > 0x7e) {
		step_again(in, byte);
		return;
	}
	input_append(in, byte);
	match = match_token(in);
	/* The console's F1..F5 are ESC [ [ and a letter. */
	final = byte >= 0x40 &&
	        !(in->state == CSI && byte == '[' && in->len == 3);
	if (in->state == SS3)
		final = byte < '0' || byte > ';';
	else if (in->rxvt && byte == '$' && is_one_number(in))
		final = true;
	if (match == KEYS_WHOLE)
		input_finish(in);
	else if (final && match == KEYS_PART)
		input_enter(in, PREFIX);
	else if (final && in->state == CSI)
		input_finish_csi(in);
	else if (final)
		input_finish_ss3(in);
}

static bool may_begin_reply(unsigned char introducer, unsigned char byte)
{
	if (introducer == ']')
		return (byte >= '0' && byte <= '9') || byte == 'l' ||
		       byte == 'L';
	return byte >= 0x20 && byte < DEL;
}

static void step_string_start(struct input *in, unsigned char byte)
{
	if (!may_begin_reply(in->seq[1], byte)) {
		step_again(in, byte);
		return;
	}
	input_escape_before(in);
	input_enter(in, STRING);
	in->string_since = in->now;
	in->string_len = 1;
}

static void step_string(struct input *in, unsigned char byte)
{
	in->string_len++;
	if (byte == ESC)
		input_enter(in, STRING_ESCAPE);
	else if (byte == BEL || byte == CAN || byte == SUB ||
	         (byte == ST && !in->utf8))
		input_enter(in, GROUND);
}

static void step_string_escape(struct input *in, unsigned char byte)
{
	input_enter(in, GROUND);
	if (byte == '\\')
		return;
	step(in, ESC);
	step(in, byte);
}

static void step_x10(struct input *in, unsigned char byte)
{
	if (byte < 0x20) {
		input_enter(in, GROUND);
		step(in, byte);
	} else if (--in->need == 0) {
		input_enter(in, GROUND);
	}
}

static void step(struct input *in, unsigned char byte)
{
	switch (in->state) {
	case GROUND:
		step_ground(in, byte);
		break;
	case UTF8:
		step_utf8(in, byte);
		break;
	case PREFIX:
		step_prefix(in, byte);
		break;
	case ESCAPE:
		step_escape(in, byte);
		break;
	case CSI:
	case SS3:
		step_sequence(in, byte);
		break;
	case STRING_START:
		step_string_start(in, byte);
		break;
	case STRING:
		step_string(in, byte);
		break;
	case STRING_ESCAPE:
		step_string_escape(in, byte);
		break;
	case X10:
		step_x10(in, byte);
		break;
	case PASTE: /* see input_push() */
		break;
	}
}

static void end_paste(struct input *in)
{
	struct paste *paste = &in->paste;
	struct event event = { .kind = EVENT_PASTE };

	event.text = paste->text ? paste->text : "";
	event.len = paste->len;
	event.cut = paste->cut;
	if (!paste->lost)
		input_queue(in, &event, paste->text);
	paste->text = NULL;
	input_enter(in, GROUND);
}

static size_t push_paste(struct input *in, const unsigned char *p, size_t len)
{
	bool ended;
	size_t n = paste_push(&in->paste, p, len, &ended);

	if (ended)
		end_paste(in);
	return n;
}

static void expire_paste(struct input *in)
{
	switch (paste_silence(&in->paste)) {
	case PASTE_DROPPED:
		input_enter(in, GROUND);
		input_queue(in, &(struct event){ .kind = EVENT_PASTE_DROPPED },
		            NULL);
		break;
	case PASTE_STALLS:
		input_queue(in, &(struct event){ .kind = EVENT_PASTE_STALLED },
		            NULL);
		break;
	case PASTE_GOES_ON:
		break;
	}
}

static uint64_t paste_patience_ns(const struct input *in)
{
	switch (paste_patience(&in->paste)) {
	case PASTE_FOREVER:
		return NEVER;
	case PASTE_SHORT:
		return in->wait_ns;
	case PASTE_GIVE_UP:
		break;
	}
	return GIVE_UP_NS;
}

/* Silence after which what is unfinished is decided. */
static uint64_t find_patience(const struct input *in)
{
	switch (in->state) {
	case GROUND:
		return NEVER;
	case ESCAPE:
	case STRING_START:
		return in->wait_ns;
	case CSI:
	case SS3:
	case PREFIX:
		if (in->len == 1 || (in->len == 2 && in->seq[0] == ESC))
			return in->wait_ns;
		return GIVE_UP_NS;
	case PASTE:
		return paste_patience_ns(in);
	default:
		return GIVE_UP_NS;
	}
}

static void rearm(struct input *in)
{
	bool string = in->state == STRING || in->state == STRING_ESCAPE;

	in->patience = find_patience(in);
	in->since = string && in->string_len <= TYPED_MAX ? in->string_since
	                                                  : in->now;
}

static void expire(struct input *in)
{
	switch (in->state) {
	case ESCAPE:
		input_escape_before(in);
		input_finish(in);
		break;
	case CSI:
	case SS3:
	case STRING_START:
	case PREFIX:
	case UTF8:
		input_finish_short(in);
		break;
	case PASTE:
		expire_paste(in);
		break;
	default:
		input_enter(in, GROUND);
		break;
	}
}

struct input *input_new(const struct input_options *options, struct error *err)
{
	struct input *in = mem_zalloc(sizeof(*in), err);

	if (!in)
		return NULL;
	in->keys = keys_new(options->term, options->utf8, options->erase_is_h,
	                    err);
	if (!in->keys) {
		input_free(in);
		return NULL;
	}
	in->utf8 = options->utf8;
	in->fence = options->fence;
	in->rxvt = strncmp(options->term, "rxvt", 4) == 0 ||
	           strncmp(options->term, "Eterm", 5) == 0;
	in->wait_ns = (uint64_t)int_max(options->wait_ms, 0) * NS_PER_MS;
	in->patience = NEVER;
	return in;
}

void input_free(struct input *in)
{
	size_t i;

	if (!in)
		return;
	keys_free(in->keys);
	paste_clear(&in->paste);
	for (i = in->head; i < in->tail; i++)
		mem_free(in->queue[i].text);
	mem_free(in->queue);
	mem_free(in->given);
	mem_free(in);
}

/* Ends what the caller has borrowed. */
static void take_back(struct input *in)
{
	mem_free(in->given);
	in->given = NULL;
}

void input_push(struct input *in, const void *bytes, size_t len,
                uint64_t now_ns)
{
	const unsigned char *p = bytes;
	size_t i = 0;

	take_back(in);
	if (len == 0)
		return;
	in->now = now_ns;
	if (in->state == PASTE)
		paste_arrive(&in->paste, p, len);
	while (i < len) {
		if (in->state == PASTE)
			i += push_paste(in, p + i, len - i);
		else
			step(in, p[i++]);
	}
	rearm(in);
}

bool input_next(struct input *in, struct event *event)
{
	take_back(in);
	if (in->head == in->tail) {
		in->head = 0;
		in->tail = 0;
		return false;
	}
	*event = in->queue[in->head].event;
	in->given = in->queue[in->head].text;
	in->head++;
	return true;
}

int input_wait_ms(const struct input *in, uint64_t now_ns)
{
	uint64_t gone = now_ns > in->since ? now_ns - in->since : 0;
	uint64_t left;

	if (in->patience == NEVER)
		return -1;
	if (gone >= in->patience)
		return 0;
	left = (in->patience - gone - 1) / NS_PER_MS + 1;
	return (int)u64_min(left, INT_MAX);
}

void input_timeout(struct input *in, uint64_t now_ns)
{
	take_back(in);
	if (input_wait_ms(in, now_ns) != 0)
		return;
	in->now = now_ns;
	expire(in);
	rearm(in);
}

bool input_in_paste(const struct input *in)
{
	return in->state == PASTE;
}
