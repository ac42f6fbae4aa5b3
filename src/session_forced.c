/*
 * session_forced.c - where the user gave up what cannot be read
 *
 * put! and its like write over bytes that cannot be read, whatever they were. A
 * flush need not ask again there; elsewhere in the same file it does, if more
 * has become unreadable since. Ranges are those of the document, which are
 * those of its file as long as it is written in place: what says otherwise is
 * asked about once more than needed.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "session_impl.h"

bool session_force(struct session *session, uint64_t doc, uint64_t off,
                   uint64_t len, struct error *err)
{
	struct forced *last =
		session->forced_count > 0
			? &session->forced[session->forced_count - 1]
			: NULL;

	if (last && last->doc == doc && last->end == off) {
		last->end += len;
		return true;
	}
	if (!mem_grow(&session->forced, &session->forced_cap,
	              session->forced_count + 1, sizeof(*session->forced), err))
		return false;
	session->forced[session->forced_count++] =
		(struct forced){ doc, off, off + len };
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct forced *x = a, *y = b;

	if (x->doc != y->doc)
		return x->doc < y->doc ? -1 : 1;
	return (x->off > y->off) - (x->off < y->off);
}

void session_sort_forced(struct session *session)
{
	struct forced *v = session->forced;
	size_t n = 0;

	if (session->forced_count == 0)
		return;
	qsort(v, session->forced_count, sizeof(*v), compare);
	for (size_t i = 0; i < session->forced_count; i++) {
		if (n == 0 || v[n - 1].doc != v[i].doc ||
		    v[n - 1].end < v[i].off)
			v[n++] = v[i];
		else
			v[n - 1].end = u64_max(v[n - 1].end, v[i].end);
	}
	session->forced_count = n;
}

uint64_t session_is_forced(const struct session *session, uint64_t doc,
                           uint64_t off)
{
	const struct forced *v = session->forced;
	size_t lo = 0, hi = session->forced_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid].doc < doc ||
		    (v[mid].doc == doc && v[mid].end <= off))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == session->forced_count || v[lo].doc != doc || v[lo].off > off)
		return 0;
	return v[lo].end - off;
}

void session_unforce(struct session *session, uint64_t doc)
{
	size_t n = 0;

	for (size_t i = 0; i < session->forced_count; i++)
		if (session->forced[i].doc != doc)
			session->forced[n++] = session->forced[i];
	session->forced_count = n;
}
