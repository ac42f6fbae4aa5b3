/*
 * namer.c - see namer.h
 *
 * Whether a path lies below the folder is decided by its text alone: the answer
 * must not depend on what is on the disk when the file is read. For saving,
 * paths are made absolute first; ".." is resolved only where it meets the
 * working directory, which has no symbolic links. Behind a name that the user
 * gave it may lead anywhere, so it stays, and the path is written absolute.
 */
#include "config.h"

#include "open/namer.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"

/* Does the path have ".." between its slashes? */
static bool climbs(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.')
			return true;
		if (path[len] == '\0')
			return false;
		path += len + 1;
	}
}

bool namer_is_below(const char *path)
{
	return *path != '/' && !climbs(path);
}

/* How much of a path is its folder, with the slash. */
static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

char *namer_resolve(const char *path, const char *name, struct error *err)
{
	size_t folder = folder_len(path);
	struct buffer out = { 0 };

	if (*name == '/')
		folder = 0;
	if (buffer_append(&out, path, folder, err) &&
	    buffer_append(&out, name, strlen(name), err))
		return out.v;
	mem_free(out.v);
	return NULL;
}

/* Append the parts of a path to an absolute one. */
static bool append_path(struct buffer *b, const char *path, struct error *err)
{
	bool named = false; /* does a name of the path stand at the end? */

	for (;;) {
		size_t len = strcspn(path, "/");
		bool dot = len == 1 && path[0] == '.';
		bool up = len == 2 && path[0] == '.' && path[1] == '.';

		if (up && !named) {
			b->len = folder_len(b->v);
			b->len -= b->len > 0;
			b->v[b->len] = '\0';
		} else if (len > 0 && !dot) {
			if (!buffer_append(b, "/", 1, err) ||
			    !buffer_append(b, path, len, err))
				return false;
			named = true;
		}
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

/* A path from the root, without "." and double slashes; "" is the root. */
static bool make_absolute(const char *cwd, const char *path, struct buffer *out,
                          struct error *err)
{
	out->len = 0;
	return buffer_append(out, "", 0, err) &&
	       (*path == '/' || append_path(out, cwd, err)) &&
	       append_path(out, path, err);
}

/* Would it be read as something else than a file's name? Whatever has a colon
   may be a scheme one day. */
static bool needs_dot(const char *path)
{
	return strcmp(path, "-") == 0 || path[strcspn(path, ":/")] == ':';
}

void namer_close(struct namer *n)
{
	mem_free(n->cwd);
	mem_free(n->folder.v);
	mem_free(n->path.v);
	mem_free(n->name.v);
}

bool namer_open(struct namer *n, const struct sys *sys, const char *path,
                struct error *err)
{
	struct buffer folder = { 0 };
	int res;
	bool ok;

	*n = (struct namer){ .cwd = mem_zalloc(PATH_MAX, err) };
	if (!n->cwd)
		return false;
	res = sys->cwd(n->cwd, PATH_MAX);
	if (res < 0) {
		error_sys(err, -res, ".");
		return error_add_path(err, ".");
	}
	ok = buffer_append(&folder, path, folder_len(path), err) &&
	     make_absolute(n->cwd, folder.v, &n->folder, err);
	mem_free(folder.v);
	return ok;
}

const char *namer_name(struct namer *n, const char *path, struct error *err)
{
	const char *name;
	bool ok;

	if (!make_absolute(n->cwd, path, &n->path, err))
		return NULL;
	n->name.len = 0;
	name = n->path.v;
	if (climbs(name) || strncmp(name, n->folder.v, n->folder.len) != 0 ||
	    name[n->folder.len] != '/') {
		ok = buffer_append(&n->name, name, n->path.len, err);
	} else {
		name += n->folder.len + 1;
		ok = (!needs_dot(name) ||
		      buffer_append(&n->name, "./", 2, err)) &&
		     buffer_append(&n->name, name, strlen(name), err);
	}
	return ok ? n->name.v : NULL;
}
