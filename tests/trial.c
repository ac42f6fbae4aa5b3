/* trial.c - see trial.h */
#include "config.h"

#include "tests/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "command/run.h"
#include "command/table.h"
#include "session.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { RESULTS = 1 << 16 };

static bool collect(void *ctx, const char *bytes, size_t len, struct error *err)
{
	struct trial *t = ctx;

	(void)err;
	output_bytes(&t->results, bytes, len);
	return true;
}

static void hear(struct context *ctx, const char *text)
{
	struct trial *t = ctx->say_ctx;

	snprintf(t->said, sizeof(t->said), "%s", text);
	t->said_count++;
}

static void add_input(struct trial *t, struct layout *inputs, const char *line)
{
	struct words words = { 0 };
	struct placement *p;

	must(words_split(line, strlen(line), &words, &t->err), &t->err);
	p = placement_parse(&words, &units_default, &t->err);
	words_free(&words);
	must(p && layout_push(inputs, p, &t->err), &t->err);
}

void trial_begin(struct trial *t, const char *const *inputs)
{
	struct session_options options = {
		.sys = &faults_sys,
		.files = { .descriptors = 4, .blocks = 16 },
		.threads = 1,
	};
	struct layout layout = { 0 };
	struct session *session = session_new(&options, &t->err);

	memset(t, 0, sizeof(*t));
	ck_assert_int_eq(chdir(scratch()), 0);
	faults_reset();
	output_init(&t->results, false, NULL, NULL);
	/* Memory that runs out is not to run out here. */
	must(mem_grow(&t->results.v, &t->results.cap, RESULTS, 1, &t->err),
	     &t->err);
	output_init(&t->out, false, collect, t);
	must(session && context_init(&t->ctx, session, &t->out, &t->err),
	     &t->err);
	commands_add(&t->ctx, command_table);
	t->ctx.batch = true;
	t->ctx.say = hear;
	t->ctx.say_ctx = t;
	for (; *inputs; inputs++)
		add_input(t, &layout, *inputs);
	must(session_open(session, &layout, &t->err), &t->err);
	layout_clear(&layout);
	t->ctx.cursor = space_place(context_space(&t->ctx), 0);
}

void trial_end(struct trial *t)
{
	mem_fail_after(-1);
	faults_reset();
	context_free(&t->ctx);
	output_free(&t->out);
	output_free(&t->results);
	ck_assert_uint_eq(faults_descriptors(), 0);
}

void trial_file(const char *name, const void *bytes, size_t len)
{
	free(scratch_file(name, bytes, len));
}

bool trial_run(struct trial *t, const char *line)
{
	return run_line(&t->ctx, line, strlen(line), t->name, &t->err);
}

void trial_must(struct trial *t, const char *line)
{
	if (!trial_run(t, line))
		ck_abort_msg("%s: %s", line, t->err.text);
}

const char *trial_output(struct trial *t, size_t *len)
{
	size_t n;

	must(output_flush(&t->out, &t->err), &t->err);
	n = t->results.len;
	output_bytes(&t->results, "", 1);
	ck_assert(!t->results.failed);
	t->results.len = 0;
	if (len)
		*len = n;
	return t->results.v;
}

void trial_prints(struct trial *t, const char *line, const char *want)
{
	trial_must(t, line);
	ck_assert_str_eq(trial_output(t, NULL), want);
}

void trial_fails(struct trial *t, const char *line, enum err code,
                 const char *text, size_t column)
{
	ck_assert_msg(!trial_run(t, line), "%s", line);
	ck_assert_str_eq(t->err.text, text);
	ck_assert_int_eq(t->err.code, code);
	ck_assert_uint_eq(t->err.column, column);
	ck_assert_str_eq(trial_output(t, NULL), "");
}
