/*
 * checklist.h - a file of digests, against what is open
 *
 * What study/manifest.h reads, a part at a time: all its digests, and where the
 * space shows its bytes. Files that are not open are passed over. The list is
 * read once to see what is in it, and again whenever it is gone through, so
 * that it may be longer than memory.
 *
 * Threads: opened in the engine thread; loaded, and then gone through, in any.
 */
#ifndef COMMAND_CHECKLIST_H
#define COMMAND_CHECKLIST_H

#include "base/base.h"
#include "command/wholes.h"
#include "space/shown.h"
#include "study/manifest.h"

struct context;
struct error;
struct job;

/* A file that the list names, in the order in which it does. */
struct checklist_file {
	bool is_open;
	uint64_t start, size; /* all of it in the space */
};

struct checklist {
	const struct sys *sys;        /* borrowed */
	char *path;                   /* owned */
	uint64_t size;                /* of the space */
	struct wholes wholes;         /* what is open */
	struct manifest manifest;     /* at its beginning.. */
	bool is_begun;                /* ..until it is loaded */
	struct checklist_file *files; /* owned */
	size_t count, cap;
	const struct algorithm *algorithms[ALGORITHMS_MAX];
	size_t algorithm_count;
	bool has_part;        /* one of what is open, */
	struct interval last; /* of which this was the last */
	uint64_t bytes, longest;
	size_t closed; /* files that are not open */
};

/* ERR_IO, ERR_SYNTAX: no such file; ERR_NOMEM. *list is the caller's in success
   and failure, and refers to the space. */
bool checklist_open(struct checklist *list, struct context *ctx,
                    const char *path, struct error *err) MUST_USE;
/* See what is in it; once. job: its progress; or NULL. ERR_IO, ERR_SYNTAX;
   ERR_STATE: nothing of what is open; ERR_CANCELLED, ERR_NOMEM. Blocks. */
bool checklist_load(struct checklist *list, struct job *job,
                    struct error *err) MUST_USE;
void checklist_free(struct checklist *list);

struct checklist_part {
	struct interval at;
	uint64_t skipped;
	size_t count;
	struct {
		size_t algorithm; /* of the list's */
		unsigned char bytes[DIGEST_MAX];
	} digests[MANIFEST_DIGESTS];
};

/* One way through a list; starts zeroed. */
struct checklist_walk {
	const struct checklist *list; /* borrowed */
	const struct job *job;        /* borrowed: that does it; or NULL */
	struct manifest manifest;
	bool begun;
	struct manifest_entry entry; /* that is not part of the last part */
	bool has_entry;
	size_t file; /* how many names there were */
	char *name;  /* owned: the last one */
	size_t name_cap;
};

/* The next part; *there is false at the end. ERR_IO, ERR_NOMEM, ERR_CANCELLED;
   ERR_CHANGED: the list is another one than before. */
bool checklist_next(struct checklist_walk *walk, struct checklist_part *part,
                    bool *there, struct error *err) MUST_USE;
void checklist_end(struct checklist_walk *walk);

#endif
