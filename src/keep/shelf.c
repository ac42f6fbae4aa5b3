/*
 * shelf.c - see shelf.h
 *
 * Homes are never made, what is in them is: a home that is not there belongs to
 * a user who is to leave no traces.
 */
#include "config.h"

#include "keep/shelf.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/text.h"
#include "keep/disk.h"

enum { PATH = 4096 };

/* A relative path is given from the working directory. */
static bool open_given(const struct sys *sys, const char *given, bool make,
                       struct folder *folder, struct error *err)
{
	char path[2 * PATH];
	size_t len = 0;
	int res;

	if (given[0] != '/') {
		res = sys->cwd(path, PATH);
		if (res < 0)
			return error_sys(err, -res, "the working directory");
		len = strlen(path);
		path[len++] = '/';
	}
	if (strlen(given) >= sizeof(path) - len)
		return error_set(err, ERR_RANGE, "%s: the path is too long",
		                 text_shown(given).s);
	strcpy(path + len, given);
	return folder_open(sys, path, make, folder, err);
}

enum base {
	BASE_NONE,  /* does not count */
	BASE_OTHER, /* another user's: nothing is put there */
	BASE_OURS,
};

/* Homes that are not there do not count; a state folder can be made. */
static enum base look_at_base(const struct sys *sys, const char *base,
                              bool is_home)
{
	struct sys_stat st;

	if (!base || base[0] != '/')
		return BASE_NONE;
	if (sys->stat(base, &st) < 0)
		return is_home ? BASE_NONE : BASE_OURS;
	return st.uid == sys_user() ? BASE_OURS : BASE_OTHER;
}

/* The folder below a base; *counts: there is none but for a failure. */
static bool open_below(const struct sys *sys, const char *base,
                       const char *below, bool make, struct folder *folder,
                       bool *counts, struct error *err)
{
	enum base what = look_at_base(sys, base, below[0]);
	char path[PATH];

	*counts = what != BASE_NONE;
	if (what == BASE_OTHER)
		return error_set(err, ERR_STATE, "%s: belongs to another user",
		                 text_shown(base).s);
	if (what == BASE_NONE ||
	    snprintf(path, sizeof(path), "%s/%shexspan/journal", base, below) >=
	            (int)sizeof(path)) {
		*counts = false;
		return error_set(err, ERR_NO, "there is no folder for it");
	}
	return folder_open(sys, path, make, folder, err);
}

bool shelf_open(const struct sys *sys, const struct shelf_places *places,
                bool make, struct folder *folder, enum shelf_passed *passed,
                struct error *err)
{
	const struct {
		const char *base, *below;
	} tries[] = {
		{ places->state, "" },
		{ places->home, ".local/state/" },
		{ places->own, ".local/state/" },
	};
	struct error now;
	bool counts;

	*passed = SHELF_NONE;
	if (places->given)
		return open_given(sys, places->given, make, folder, err);
	(void)error_set(err, ERR_NO, "there is no folder for it");
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		if (open_below(sys, tries[i].base, tries[i].below, make, folder,
		               &counts, &now))
			return true;
		/* The place that would be made is it, and empty. */
		if (counts && !make && now.code == ERR_NO) {
			if (*passed == SHELF_NONE)
				*err = now;
			return false;
		}
		if (now.code == ERR_NO || *passed)
			continue;
		*err = now;
		*passed = tries[i].base && look_at_base(sys, tries[i].base,
		                                        tries[i].below[0]) ==
		                                   BASE_OTHER
		                  ? SHELF_OF_OTHERS
		                  : SHELF_UNFIT;
	}
	return false;
}
