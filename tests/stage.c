/* stage.c - see stage.h */
#include "config.h"

#include "tests/stage.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "command/output.h"
#include "session.h"
#include "source/files.h"
#include "tests/support.h"
#include "ui/cells.h"
#include "ui/locale.h"

enum { ROW_TEXT = 4096 };

void stage_begin(struct context *ctx, struct output *out)
{
	struct session_options options = { .files = files_limits_default(),
		                           .threads = 1 };
	struct session *session;
	struct error err;

	setenv("LC_ALL", "C.UTF-8", 1);
	locale_init();
	output_init(out, false, NULL, NULL);
	session = session_new(&options, &err);
	must(session && context_init(ctx, session, out, &err), &err);
}

void stage_finish(struct context *ctx)
{
	struct output *out = ctx->out;

	context_free(ctx);
	output_free(out);
}

const char *stage_row(const struct canvas *canvas, int row)
{
	static char text[ROW_TEXT];
	size_t n = 0;

	for (int col = 0; col < canvas->cols; col++) {
		const struct cell *c = &canvas->v[row * canvas->cols + col];

		ck_assert_uint_lt(n + 4, sizeof(text));
		if (c->ch != 0)
			n += text_encode(text + n, c->ch);
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return text;
}
