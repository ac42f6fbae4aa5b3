/* cmd_here.c - commands that go where the bytes here lead: follow,
   find-selection */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/run.h"
#include "command/table.h"
#include "find/number.h"
#include "space/space.h"

enum { SELECTION_MOST = 256 }; /* bytes that are sought */

/* The type that stands in the call; without one, a pointer of 32 bits. */
static bool read_type(struct call *call, struct number_type *type,
                      struct error *err)
{
	size_t column;
	char word[8];

	(void)call_more(call);
	column = call->args.pos + 1;
	*type = (struct number_type){ NUMBER_UNSIGNED, 4, false };
	if (!call_only_word(call, word, sizeof(word), err))
		return false;
	if (*word && (!number_find(word, strlen(word), type) ||
	              type->kind != NUMBER_UNSIGNED))
		return error_at(err, column,
		                "TYPE is u8, u16le, u16be, u32le .. u64be");
	return true;
}

RUN(follow)
{
	const struct space *sp = context_space(ctx);
	struct number_type type;
	unsigned char bytes[NUMBER_BYTES];
	uint64_t value = 0;

	if (!read_type(call, &type, err) ||
	    !context_read(ctx, ctx->cursor.addr, bytes, type.size, err))
		return false;
	for (unsigned i = 0; i < type.size; i++)
		value = value << 8 | bytes[type.big ? i : type.size - 1 - i];
	if (value >= space_size(sp))
		return error_set(err, ERR_RANGE,
		                 "0x%" PRIx64
		                 ", which is here, is past the end "
		                 "(size 0x%" PRIx64 ")",
		                 value, space_size(sp));
	context_jump(ctx, space_place(sp, value));
	return true;
}

/* As a pattern: pairs of digits. */
static bool read_selection(struct context *ctx, const struct call *call,
                           char dst[static 3 * SELECTION_MOST + 1],
                           struct error *err)
{
	unsigned char bytes[SELECTION_MOST];
	uint64_t len = call->end - call->start;

	if (len == 0)
		return error_set(err, ERR_RANGE, "there are no bytes here");
	if (len > SELECTION_MOST)
		return error_set(err, ERR_LIMIT,
		                 "%" PRIu64 " bytes are selected: at most %d "
		                 "are sought",
		                 len, SELECTION_MOST);
	if (!context_read(ctx, call->start, bytes, (size_t)len, err))
		return false;
	for (size_t i = 0; i < len; i++)
		snprintf(dst + 3 * i, 4, "%02x ", bytes[i]);
	return true;
}

/* They are found where they are, and then again. */
RUN(find_selection)
{
	char pattern[3 * SELECTION_MOST + 1];
	char line[3 * SELECTION_MOST + 80];
	char name[COMMAND_NAME];

	if (!call_end(call, err) || !read_selection(ctx, call, pattern, err))
		return false;
	context_select(ctx, 0, 0, SELECT_NONE);
	snprintf(line, sizeof(line),
	         "goto 0x%" PRIx64 "; find {%s}; next match", call->start,
	         pattern);
	return run_line(ctx, line, strlen(line), name, err);
}
