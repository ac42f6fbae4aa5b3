/*
 * csi.c - see csi.h
 *
 * Numbers saturate, so that a report of any length says something definite.
 * Intermediate bytes are refused: of what we ask for nothing has any.
 */
#include "config.h"

#include "ui/csi.h"

#include <string.h>

#include "ui/event.h"
#include "ui/keys.h"

static void add_digit(uint64_t *value, unsigned char digit)
{
	if (*value > (UINT64_MAX - 9) / 10)
		*value = UINT64_MAX;
	else
		*value = *value * 10 + (digit - '0');
}

/* Each parameter is a number or parts between colons; the first two count. */
static bool parse_params(struct csi *csi, const unsigned char *p, size_t len)
{
	size_t colons = 0;
	size_t i;

	csi->count = len > 0;
	for (i = 0; i < len; i++) {
		size_t last = csi->count - 1;

		if (p[i] == ';' && csi->count < CSI_PARAM_MAX) {
			csi->count++;
			colons = 0;
		} else if (p[i] == ':') {
			colons++;
		} else if (p[i] < '0' || p[i] > '9') {
			return false;
		} else if (colons < 2) {
			add_digit(colons ? &csi->part[last] : &csi->param[last],
			          p[i]);
		}
	}
	return true;
}

bool csi_parse(struct csi *csi, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t start = 2;
	size_t end = len - 1;

	memset(csi, 0, sizeof(*csi));
	csi->final = p[end];
	if (start < end && p[start] >= '<' && p[start] <= '?')
		csi->mark = p[start++];
	return parse_params(csi, p + start, end - start);
}

bool csi_modifiers(const struct csi *csi, size_t idx, int *mods)
{
	enum {
		OURS = KEYS_SHIFT | KEYS_ALT | KEYS_CTRL,
		LOCKS = 64 | 128,
		RELEASED = 3,
	};
	uint64_t bits = 0;

	if (idx < csi->count && csi->param[idx] > 0)
		bits = csi->param[idx] - 1;
	if ((bits & ~(uint64_t)(OURS | LOCKS)) != 0)
		return false;
	if (idx < csi->count && csi->part[idx] == RELEASED)
		return false;
	*mods = (int)(bits & OURS);
	return true;
}

bool csi_mouse(const struct csi *csi, struct event *event)
{
	enum {
		SHIFT = 4,
		META = 8,
		CONTROL = 16,
		MOTION = 32,
		WHEEL = 64,
		BUTTON = 3, /* of none: the mouse moves */
		LARGEST = 65535,
	};
	bool pressed = csi->final == 'M';
	uint64_t bits = csi->param[0];
	uint64_t button = bits & BUTTON;

	if (csi->mark != '<' || (!pressed && csi->final != 'm'))
		return false;
	if (csi->count != 3 || bits >= UINT64_C(2) * WHEEL ||
	    csi->param[1] - 1 >= LARGEST || csi->param[2] - 1 >= LARGEST)
		return false;
	if (bits & WHEEL ? !pressed || button > 1 : button == BUTTON)
		return false;
	*event = (struct event){ .kind = EVENT_MOUSE };
	if (bits & WHEEL)
		event->mouse = button ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
	else if (!pressed)
		event->mouse = MOUSE_RELEASE;
	else
		event->mouse = bits & MOTION ? MOUSE_DRAG : MOUSE_PRESS;
	event->button = bits & WHEEL ? 0 : (int)button + 1;
	event->col = (int)csi->param[1] - 1;
	event->row = (int)csi->param[2] - 1;
	event->shift = bits & SHIFT;
	event->alt = bits & META;
	event->ctrl = bits & CONTROL;
	return true;
}

bool csi_is_position(const struct csi *csi)
{
	if (csi->final != 'R' || csi->count == 0)
		return false;
	return csi->count != 2 || csi->param[0] != 1 || csi->param[1] < 1 ||
	       csi->param[1] > 8;
}
