/* found.c - see found.h */
#include "config.h"

#include "command/found.h"

#include <string.h>

#include "base/text.h"
#include "command/address.h"
#include "command/output.h"
#include "space/space.h"

_Static_assert((int)PLACE_TEXT >= 2 * TEXT_NUMBER + 2, "two numbers");

static void json_found(struct output *out, const struct space *sp,
                       const struct found *found)
{
	json_begin(out);
	json_addr(out, found->addr);
	json_number(out, "len", found->len);
	json_place(out, sp, space_place(sp, found->addr));
	if (found->charset)
		json_string(out, "encoding", found->charset);
	if (found->bytes)
		json_text(out, "text", (const char *)found->bytes,
		          found->shown);
	json_end(out);
}

/* As text() of a pattern reads it. */
static void print_quoted(struct output *out, const unsigned char *bytes,
                         size_t len)
{
	size_t from = 0;

	output_bytes(out, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '"' && bytes[i] != '\\')
			continue;
		output_safe_bytes(out, bytes + from, i - from);
		output_bytes(out, "\\", 1);
		output_bytes(out, bytes + i, 1);
		from = i + 1;
	}
	output_safe_bytes(out, bytes + from, len - from);
	output_bytes(out, "\"", 1);
}

void found_print(struct output *out, const struct space *sp,
                 const struct found *found)
{
	char line[PLACE_TEXT];
	char *to;

	if (out->json) {
		json_found(out, sp, found);
		return;
	}
	to = text_hex(line, found->addr);
	*to++ = ' ';
	to = text_decimal(to, found->len);
	*to++ = ' ';
	output_bytes(out, line, (size_t)(to - line));
	place_text(sp, space_place(sp, found->addr), line);
	output_bytes(out, line, strlen(line));
	if (found->charset)
		output_text(out, " %s", found->charset);
	if (found->bytes) {
		output_bytes(out, " ", 1);
		print_quoted(out, found->bytes, found->shown);
		if (found->shown < found->len)
			output_bytes(out, "..", 2);
	}
	output_bytes(out, "\n", 1);
}
