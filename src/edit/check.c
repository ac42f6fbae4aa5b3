/* check.c - see check.h */
#include "config.h"

#include "edit/check.h"

#include "base/pool.h"
#include "edit/document.h"

bool check_add(struct check *check, struct document *doc)
{
	if (check->count == CHECK_MAX)
		return false;
	check->docs[check->count++] = document_ref(doc);
	return true;
}

void check_run(struct job *job, void *arg)
{
	struct check *check = arg;

	for (size_t i = 0; i < check->count; i++) {
		if (job && job_cancelled(job))
			break;
		check->found[i] = document_check(check->docs[i]);
		check->looked = i + 1;
	}
}

void check_clear(struct check *check)
{
	for (size_t i = 0; i < check->count; i++)
		document_unref(check->docs[i]);
	check->count = 0;
	check->looked = 0;
}
