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

/* The folder below a base; false with ERR_NO if the base does not count. */
static bool open_below(const struct sys *sys, const char *base,
                       const char *below, bool make, struct folder *folder,
                       struct error *err)
{
	char path[PATH];
	struct sys_stat st;

	if (!base || base[0] != '/' ||
	    snprintf(path, sizeof(path), "%s/%shexspan/journal", base, below) >=
	            (int)sizeof(path) ||
	    (below[0] && sys->stat(base, &st) < 0))
		return error_set(err, ERR_NO, "there is no folder for it");
	return folder_open(sys, path, make, folder, err);
}

/* Would the folder be made here? Then no other counts while there is none. */
static bool is_ours(const struct sys *sys, const char *base)
{
	struct sys_stat st;

	return base && base[0] == '/' && sys->stat(base, &st) >= 0 &&
	       st.uid == sys_user();
}

bool shelf_open(const struct sys *sys, const struct shelf_places *places,
                bool make, struct folder *folder, bool *passed,
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

	*passed = false;
	if (places->given)
		return open_given(sys, places->given, make, folder, err);
	(void)error_set(err, ERR_NO, "there is no folder for it");
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		if (open_below(sys, tries[i].base, tries[i].below, make, folder,
		               &now))
			return true;
		if (!make && now.code == ERR_NO && is_ours(sys, tries[i].base))
			return false;
		if (now.code == ERR_NO || *passed)
			continue;
		*err = now;
		*passed = true;
	}
	return false;
}
