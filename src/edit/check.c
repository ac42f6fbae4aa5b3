/* check.c - see check.h */
#include "config.h"

#include "edit/check.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "edit/document.h"

bool check_add(struct check *check, struct document *doc, size_t most)
{
	struct error ignored;

	if (check->count >= most ||
	    !mem_grow(&check->v, &check->cap, check->count + 1,
	              sizeof(*check->v), &ignored))
		return false;
	check->v[check->count++] =
		(struct check_entry){ .doc = document_ref(doc) };
	return true;
}

void check_run(struct job *job, void *arg)
{
	struct check *check = arg;

	for (size_t i = 0; i < check->count; i++) {
		struct check_entry *entry = &check->v[i];

		if (job && job_cancelled(job))
			break;
		entry->found = document_check(entry->doc);
		entry->stamp = source_stamp(document_source(entry->doc));
		check->looked = i + 1;
	}
}

void check_clear(struct check *check)
{
	for (size_t i = 0; i < check->count; i++)
		document_unref(check->v[i].doc);
	mem_free(check->v);
	*check = (struct check){ 0 };
}
