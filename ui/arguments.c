/* arguments.c - see arguments.h */
#include "config.h"

#include "ui/arguments.h"

#include <getopt.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "open/layout_file.h"

enum {
	OPT_JSON = 256,
	OPT_ACCESS,
	OPT_THEME,
	OPT_CHECK_KEYS,
	OPT_FILES_FROM,
	OPT_NULL,
	OPT_NO_MMAP,
	OPT_THREADS,
	OPT_JOURNAL_DIR,
	OPT_NO_JOURNAL,
	OPT_RECOVER,
	OPT_KEEP_EDITS,
	OPT_DRY_RUN,
	OPT_HELP,
	OPT_VERSION,
	OPT_INPUT, /* input options from here on: placement_set() words */
};

/* Input options have the names of the words; their values are OPT_INPUT. */
static const struct option options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "read-only", no_argument, NULL, 'R' },
	{ "access", required_argument, NULL, OPT_ACCESS },
	{ "theme", required_argument, NULL, OPT_THEME },
	{ "check-keys", required_argument, NULL, OPT_CHECK_KEYS },
	{ "files-from", required_argument, NULL, OPT_FILES_FROM },
	{ "null", no_argument, NULL, OPT_NULL },
	{ "no-mmap", no_argument, NULL, OPT_NO_MMAP },
	{ "threads", required_argument, NULL, OPT_THREADS },
	{ "journal-dir", required_argument, NULL, OPT_JOURNAL_DIR },
	{ "no-journal", no_argument, NULL, OPT_NO_JOURNAL },
	{ "recover", required_argument, NULL, OPT_RECOVER },
	{ "keep-edits", no_argument, NULL, OPT_KEEP_EDITS },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "at", required_argument, NULL, OPT_INPUT },
	{ "skip", required_argument, NULL, OPT_INPUT },
	{ "size", required_argument, NULL, OPT_INPUT },
	{ "ro", no_argument, NULL, OPT_INPUT },
	{ "rw", no_argument, NULL, OPT_INPUT },
	{ "copy", no_argument, NULL, OPT_INPUT },
	{ "over", optional_argument, NULL, OPT_INPUT },
	{ "name", required_argument, NULL, OPT_INPUT },
	{ NULL, 0, NULL, 0 },
};

void arguments_usage(FILE *out)
{
	fputs("usage: hexspan [OPTION].. [[INPUT-OPTION].. INPUT]..\n"
	      "  -c COMMAND, -f FILE   run commands, without the editor (-i: "
	      "then open it)\n"
	      "  --json                results as JSON Lines\n"
	      "  -R, --read-only       nothing is opened for writing\n"
	      "  --access=read|write|copy  access of all inputs\n"
	      "  -g ADDRESS            start there\n"
	      "  -k NAME, --theme=NAME keys (default vi emacs hexedit), "
	      "colours (auto dark light)\n"
	      "  --check-keys FILE     check a keymap\n"
	      "  --files-from=FILE [--null]  inputs, one a line\n"
	      "  --journal-dir=DIR, --no-journal  where edits are kept "
	      "until they are written\n"
	      "  --recover=ask|yes|back|no|list  edits that an earlier run "
	      "left "
	      "there\n"
	      "  --keep-edits          what the commands edit stays there, "
	      "too\n"
	      "  --dry-run             write nothing, and list what was "
	      "edited\n"
	      "  --no-mmap, --threads=N\n"
	      "  -h, --help, -V, --version\n"
	      "input options, before the input they act on:\n"
	      "  --at=ADDRESS  place it there (+N: behind the one before, -N: "
	      "before the end)\n"
	      "  --skip=N --size=N     map a part (--skip=-N: from its end)\n"
	      "  --ro --rw --copy --name=NAME --over[=verify]\n"
	      "inputs: a file, - (standard input), memory:SIZE, gap:SIZE, a "
	      "layout (*.hxl)\n"
	      "hexspan -c help lists the commands\n",
	      out);
}

enum { SAID_MAX = 16 };

/* What has been said of the next input. The texts are argv's. */
struct pending {
	struct {
		const char *word, *value;
	} said[SAID_MAX];
	size_t count;
};

static bool input_option(struct pending *pending, const char *word,
                         const char *value, struct error *err)
{
	if (pending->count == SAID_MAX)
		return error_set(err, ERR_SYNTAX,
		                 "--%s: too many options for one input", word);
	pending->said[pending->count].word = word;
	pending->said[pending->count++].value = value;
	return true;
}

/* Standard input can be read once. */
static bool use_stdin(struct arguments *args, struct error *err)
{
	if (args->uses_stdin)
		return error_set(err, ERR_SYNTAX,
		                 "standard input is used twice");
	args->uses_stdin = true;
	return true;
}

/* A script or a list of names: does it come from there? */
static bool read_stdin(struct arguments *args, const char *path,
                       struct error *err)
{
	if (strcmp(path, "-") != 0)
		return true;
	args->stdin_read = true;
	return use_stdin(args, err);
}

/* The text of a failure begins with the word: make the option of it. */
static bool name_option(struct error *err)
{
	char text[ERROR_TEXT];

	memcpy(text, err->text, sizeof(text));
	return error_set(err, err->code, "--%s", text);
}

/* The input that the options before it act on. */
static bool input(struct arguments *args, struct pending *pending,
                  const char *text, struct error *err)
{
	struct placement *p = placement_new(text, err);
	bool ok = p && (p->input != PLACEMENT_STDIN || use_stdin(args, err));

	for (size_t i = 0; ok && i < pending->count; i++) {
		const char *word = pending->said[i].word;

		ok = placement_set(p, word, pending->said[i].value,
		                   &units_default, err) ||
		     name_option(err);
	}
	pending->count = 0;
	ok = ok && layout_add(&args->inputs, p, err);
	if (!ok)
		placement_unref(p);
	return ok;
}

static bool step(struct arguments *args, const char *text, bool is_file,
                 struct error *err)
{
	if (!mem_grow(&args->steps, &args->step_cap, args->step_count + 1,
	              sizeof(*args->steps), err))
		return false;
	args->steps[args->step_count++] = (struct batch_step){
		.text = text,
		.is_file = is_file,
	};
	return !is_file || read_stdin(args, text, err);
}

static bool access_option(struct arguments *args, const char *value,
                          struct error *err)
{
	for (enum access a = ACCESS_READ; a <= ACCESS_COPY; a++) {
		if (strcmp(access_name(a), value) != 0)
			continue;
		args->access = a;
		return true;
	}
	return error_set(err, ERR_SYNTAX,
	                 "--access wants read, write or copy, not '%s'",
	                 text_shown(value).s);
}

static bool recover_option(struct arguments *args, const char *value,
                           struct error *err)
{
	static const char *const words[] = {
		[WAITING_ASK] = "ask",   [WAITING_YES] = "yes",
		[WAITING_BACK] = "back", [WAITING_NO] = "no",
		[WAITING_LIST] = "list",
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i], value) != 0)
			continue;
		args->recover = (enum waiting_wish)i;
		return true;
	}
	return error_set(err, ERR_SYNTAX,
	                 "--recover wants ask, yes, back, no or list, not '%s'",
	                 text_shown(value).s);
}

static bool threads_option(struct arguments *args, const char *value,
                           struct error *err)
{
	uint64_t n;

	if (!number_parse(value, &units_default, &n, err))
		return error_prefix(err, "--threads");
	if (n < 1 || n > 1024)
		return error_set(err, ERR_SYNTAX, "--threads wants 1 to 1024");
	args->threads = (size_t)n;
	return true;
}

/* getopt has put an error aside: say which option it was. */
static bool bad_option(char **argv, int c, struct error *err)
{
	const char *text = argv[optind - 1];

	if (c == ':')
		return error_set(err, ERR_SYNTAX, "%s needs a value",
		                 text_shown(text).s);
	/* A long option that is known is at fault for what it was given. */
	if (optopt && strncmp(text, "--", 2) == 0)
		return error_set(err, ERR_SYNTAX, "%s: it takes no value",
		                 text_shown(text).s);
	if (optopt) {
		char letter[2] = { (char)optopt, '\0' };

		return error_set(err, ERR_SYNTAX,
		                 "unknown option -%s (-h lists them)",
		                 text_shown(letter).s);
	}
	return error_set(err, ERR_SYNTAX, "unknown option %s (-h lists them)",
	                 text_shown(text).s);
}

struct parse {
	struct arguments *args;
	struct pending pending;
	bool null;
};

static bool files_from(struct parse *parse, const char *path, struct error *err)
{
	if (parse->pending.count > 0)
		return error_set(err, ERR_SYNTAX,
		                 "--%s acts on one input, not on those of "
		                 "--files-from",
		                 parse->pending.said[0].word);
	return read_stdin(parse->args, path, err) &&
	       names_file_read(&sys_real, path, parse->null,
	                       &parse->args->inputs, err);
}

static bool take(struct parse *parse, int c, int index, char **argv,
                 struct error *err)
{
	struct arguments *args = parse->args;

	switch (c) {
	case 1:
		return input(args, &parse->pending, optarg, err);
	case 'c':
		return step(args, optarg, false, err);
	case 'f':
		return step(args, optarg, true, err);
	case 'i':
		return args->interactive = true;
	case 'R':
		return args->read_only = true;
	case 'g':
		args->start = optarg;
		return true;
	case 'k':
		args->keymap = optarg;
		return true;
	case OPT_JSON:
		return args->json = true;
	case OPT_ACCESS:
		return access_option(args, optarg, err);
	case OPT_THEME:
		args->theme = optarg;
		return true;
	case OPT_CHECK_KEYS:
		args->check_keys = optarg;
		return true;
	case OPT_FILES_FROM:
		return files_from(parse, optarg, err);
	case OPT_NULL:
		return parse->null = true;
	case OPT_NO_MMAP:
		return args->no_mmap = true;
	case OPT_THREADS:
		return threads_option(args, optarg, err);
	case OPT_JOURNAL_DIR:
		args->journal_dir = optarg;
		return true;
	case OPT_NO_JOURNAL:
		return args->no_journal = true;
	case OPT_RECOVER:
		return recover_option(args, optarg, err);
	case OPT_KEEP_EDITS:
		return args->keep_edits = true;
	case OPT_DRY_RUN:
		return args->dry_run = true;
	case 'h':
	case OPT_HELP:
		return args->help = true;
	case 'V':
	case OPT_VERSION:
		return args->version = true;
	case OPT_INPUT:
		return input_option(&parse->pending, options[index].name,
		                    optarg, err);
	default:
		return bad_option(argv, c, err);
	}
}

/* Options that make no sense together. */
static bool check_journal(const struct arguments *args, struct error *err)
{
	if (args->journal_dir && !*args->journal_dir)
		return error_set(err, ERR_SYNTAX,
		                 "--journal-dir wants a folder");
	if (args->no_journal && args->keep_edits)
		return error_set(err, ERR_SYNTAX,
		                 "--keep-edits keeps them in the journal: not "
		                 "with --no-journal");
	if (args->no_journal && args->recover == WAITING_YES)
		return error_set(err, ERR_SYNTAX,
		                 "--recover=yes goes on in a journal: not "
		                 "with --no-journal");
	if (args->keep_edits && (args->step_count == 0 || args->interactive))
		return error_set(err, ERR_SYNTAX,
		                 "--keep-edits is for -c and -f (the editor "
		                 "keeps them)");
	if (args->dry_run &&
	    (args->step_count == 0 || args->interactive || args->keep_edits))
		return error_set(err, ERR_SYNTAX,
		                 "--dry-run is for -c and -f, without -i and "
		                 "--keep-edits");
	return true;
}

static int next_option(int argc, char **argv, int *index)
{
	return getopt_long(argc, argv, "-:c:f:iRg:k:hV", options, index);
}

/* --null may stand behind --files-from, which reads at once. What only looks
   like it may be the value of another option. */
static bool has_null(int argc, char **argv)
{
	int c, index;

	optind = 0;
	do
		c = next_option(argc, argv, &index);
	while (c != -1 && c != OPT_NULL);
	return c == OPT_NULL;
}

bool arguments_parse(struct arguments *args, int argc, char **argv,
                     struct error *err)
{
	struct parse parse = { .args = args };
	int c, index = 0;
	bool ok = true;

	*args = (struct arguments){ 0 };
	opterr = 0;
	parse.null = has_null(argc, argv);
	/* 0, not 1, makes getopt begin anew. */
	optind = 0;
	while (ok && (c = next_option(argc, argv, &index)) != -1)
		ok = take(&parse, c, index, argv, err);
	/* What stands behind "--". */
	for (; ok && optind < argc; optind++)
		ok = input(args, &parse.pending, argv[optind], err);
	if (ok && parse.pending.count > 0)
		ok = error_set(err, ERR_SYNTAX,
		               "--%s has no input behind it to act on",
		               parse.pending.said[0].word);
	return ok && check_journal(args, err);
}

void arguments_free(struct arguments *args)
{
	mem_free(args->steps);
	layout_clear(&args->inputs);
}
