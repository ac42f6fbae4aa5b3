/*
 * fuzz_input.c - any bytes in any pieces, for libFuzzer
 *
 * The first byte chooses the terminal and the options, the second begins the
 * sequence of piece lengths, the rest is what the terminal sends.
 *
 * The same bytes go one by one into a second input, where each byte that
 * begins and ends inside a paste must bring nothing, and one that ends the
 * paste nothing but it; and both inputs must tell the same.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "ui/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW UINT64_C(1000000000)

static void require(bool ok)
{
	if (!ok)
		abort();
}

static struct input *new_input(uint8_t choice)
{
	static const char *const terms[] = { "xterm-256color", "linux",
		                             "rxvt-unicode", "vt52" };
	struct input_options options = {
		.term = terms[choice & 3],
		.utf8 = choice & 4,
		.fence = choice & 8,
		.erase_is_h = choice & 16,
		.wait_ms = choice & 32 ? 40 : 0,
	};
	struct error err;
	struct input *in = input_new(&options, &err);

	require(in != NULL);
	return in;
}

/* A sum of all that an input told, in order. */
static void add(uint64_t *sum, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++)
		*sum = (*sum ^ p[i]) * UINT64_C(1099511628211);
}

static void add_event(uint64_t *sum, const struct event *e)
{
	int numbers[] = { (int)e->kind, (int)e->mouse, e->button, e->row,
		          e->col,       e->ctrl,       e->shift,  e->alt,
		          e->cut,       e->fence_idle };

	require(memchr(e->key, '\0', sizeof(e->key)) != NULL);
	require((e->kind == EVENT_KEY) == (e->key[0] != '\0'));
	require((e->kind == EVENT_PASTE) == (e->text != NULL));
	add(sum, numbers, sizeof(numbers));
	add(sum, e->key, strlen(e->key));
	add(sum, &e->codepoint, sizeof(e->codepoint));
	add(sum, &e->fence, sizeof(e->fence));
	add(sum, e->text, e->len);
}

static void take(struct input *in, uint64_t *sum)
{
	struct event event;

	while (input_next(in, &event))
		add_event(sum, &event);
}

static void settle(struct input *in, uint64_t *sum)
{
	uint64_t now = NOW;
	int ms;

	while ((ms = input_wait_ms(in, now)) >= 0) {
		now += (uint64_t)ms * 1000000;
		input_timeout(in, now);
		take(in, sum);
	}
}

static uint64_t push_bytes(struct input *in, const uint8_t *data, size_t size)
{
	uint64_t sum = 0;
	struct event event;
	size_t i;

	for (i = 0; i < size; i++) {
		bool before = input_in_paste(in);

		input_push(in, data + i, 1, NOW);
		if (before && input_in_paste(in)) {
			require(!input_next(in, &event));
		} else if (before) {
			require(input_next(in, &event));
			require(event.kind == EVENT_PASTE);
			add_event(&sum, &event);
			require(!input_next(in, &event));
		}
		take(in, &sum);
	}
	settle(in, &sum);
	return sum;
}

static uint64_t push_pieces(struct input *in, const uint8_t *data, size_t size,
                            uint32_t state)
{
	uint64_t sum = 0;
	size_t i = 0;

	while (i < size) {
		size_t n;

		state = state * 1664525 + 1013904223;
		n = size_min(1 + (state >> 27), size - i);
		input_push(in, data + i, n, NOW);
		if (state & 65536)
			take(in, &sum);
		i += n;
	}
	take(in, &sum);
	settle(in, &sum);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input *one;
	struct input *pieces;

	if (size < 2)
		return 0;
	one = new_input(data[0]);
	pieces = new_input(data[0]);
	require(push_bytes(one, data + 2, size - 2) ==
	        push_pieces(pieces, data + 2, size - 2, data[1]));
	input_free(one);
	input_free(pieces);
	return 0;
}
