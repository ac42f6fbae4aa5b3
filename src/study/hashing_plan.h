/*
 * hashing_plan.h - what is to be hashed, and what comes of it
 *
 * Threads: plain values.
 */
#ifndef STUDY_HASHING_PLAN_H
#define STUDY_HASHING_PLAN_H

#include "base/base.h"
#include "open/unreadable.h"
#include "space/shown.h"
#include "study/digest.h"

struct error;
struct view;

/* What came of a part. */
struct hashed {
	uint64_t start, end;
	uint64_t skipped; /* bytes without a value that were left out.. */
	uint64_t filled;  /* ..or filled */
	const unsigned char *digests; /* DIGEST_MAX for each algorithm */
};

struct hashing_plan {
	const struct view *view;                   /* borrowed */
	const struct algorithm *const *algorithms; /* borrowed until new ends */
	size_t count;                              /* of them: 1 or more */
	size_t workers; /* one that runs it, and helpers; 1 or more */
	struct unreadable unreadable;
	uint64_t total; /* bytes of all parts, for the progress */
	void *arg;
	/* The next part, within the space; it may be empty. *there is false
	   behind the last one. */
	bool (*next)(void *arg, struct interval *part, bool *there,
	             struct error *err);
	/* What came of the next part, in the same order. */
	bool (*take)(void *arg, const struct hashed *hashed, struct error *err);
};

#endif
