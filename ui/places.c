/*
 * places.c - see places.h
 *
 * The system is asked for the home of the user this process acts as only where
 * HOME is not said, or another user's, as under sudo: asking may take a name
 * service. A HOME that is not there is one that is to stay empty.
 */
#include "config.h"

#include "ui/places.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file below a folder that a variable names, or the home. */
static bool below(const char *variable, const char *fallback, const char *name,
                  char dst[static PLACES_PATH])
{
	const char *base = getenv(variable), *home = getenv("HOME");
	int n;

	if (base && *base == '/')
		n = snprintf(dst, PLACES_PATH, "%s/hexspan/%s", base, name);
	else if (home && *home == '/')
		n = snprintf(dst, PLACES_PATH, "%s/%s/hexspan/%s", home,
		             fallback, name);
	else
		return false;
	return n > 0 && n < PLACES_PATH;
}

bool places_config(const char *name, char dst[static PLACES_PATH])
{
	return below("XDG_CONFIG_HOME", ".config", name, dst);
}

bool places_state(const char *name, char dst[static PLACES_PATH])
{
	return below("XDG_STATE_HOME", ".local/state", name, dst);
}

static bool has_folder(char *path)
{
	char *name = strrchr(path, '/');
	struct stat st;
	bool ok;

	*name = '\0';
	ok = stat(path, &st) == 0;
	*name = '/';
	return ok;
}

void places_make_folders(char *path)
{
	if (has_folder(path))
		return;
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
}

static bool is_of_another(const char *home)
{
	struct stat st;

	return stat(home, &st) == 0 && st.st_uid != geteuid();
}

struct shelf_places places_journal(const char *given)
{
	struct shelf_places places = {
		.given = given,
		.state = getenv("XDG_STATE_HOME"),
		.home = getenv("HOME"),
	};
	const struct passwd *user = NULL;

	if (!given && (!places.home || is_of_another(places.home)))
		user = getpwuid(geteuid());
	if (user)
		places.own = user->pw_dir;
	return places;
}
