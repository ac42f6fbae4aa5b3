/*
 * keyfile.c - keymap files found and read
 *
 * A file is read as a whole before it is looked at: it is small, and the reader
 * then has nothing to do with descriptors. Files are told apart by device and
 * inode, since the same one may be reached by many names.
 */
#include "config.h"

#include "ui/keyfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "ui/embedded.h"

/* "a" and "b" as "a/b", owned by the caller. */
static char *join(const char *dir, size_t dir_len, const char *name,
                  struct error *err)
{
	size_t name_size = strlen(name) + 1;
	char *path = mem_resize(NULL, dir_len + 1 + name_size, 1, err);

	if (!path)
		return NULL;
	memcpy(path, dir, dir_len);
	path[dir_len] = '/';
	memcpy(path + dir_len + 1, name, name_size);
	return path;
}

static bool add_dir(struct keypath *path, const char *dir, size_t len,
                    const char *below, struct error *err)
{
	char *full;

	if (len == 0 || dir[0] != '/')
		return true;
	if (!mem_grow(&path->dirs, &path->cap, path->count + 1, sizeof(char *),
	              err))
		return false;
	full = join(dir, len, below, err);
	if (!full)
		return false;
	path->dirs[path->count++] = full;
	return true;
}

static bool add_dirs(struct keypath *path, const char *list, const char *below,
                     struct error *err)
{
	for (;;) {
		size_t len = strcspn(list, ":");

		if (!add_dir(path, list, len, below, err))
			return false;
		if (list[len] == '\0')
			return true;
		list += len + 1;
	}
}

/* Of a variable that holds an absolute path, else NULL. */
static const char *absolute(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

/* Something in the user's folder; NULL with ERR_NONE when there is none. */
static char *in_user_folder(const char *in_config, const char *in_home,
                            struct error *err)
{
	const char *config = absolute("XDG_CONFIG_HOME");
	const char *home = absolute("HOME");

	err->code = ERR_NONE;
	if (config)
		return join(config, strlen(config), in_config, err);
	if (home)
		return join(home, strlen(home), in_home, err);
	return NULL;
}

char *keyfile_user_path(struct error *err)
{
	return in_user_folder("hexspan/keys", ".config/hexspan/keys", err);
}

static bool fill(struct keypath *path, struct error *err)
{
	const char *data = getenv("XDG_DATA_DIRS");
	char *user = in_user_folder("hexspan/keymaps",
	                            ".config/hexspan/keymaps", err);

	if (!user && err->code != ERR_NONE)
		return false;
	if (user) {
		if (!mem_grow(&path->dirs, &path->cap, 1, sizeof(char *),
		              err)) {
			mem_free(user);
			return false;
		}
		path->dirs[path->count++] = user;
	}
	if (!data || !*data)
		data = "/usr/local/share:/usr/share";
	return add_dirs(path, data, "hexspan/keymaps", err) &&
	       add_dir(path, DATADIR, strlen(DATADIR), "keymaps", err);
}

bool keypath_init(struct keypath *path, struct error *err)
{
	*path = (struct keypath){ .count = 0 };
	if (fill(path, err))
		return true;
	keypath_free(path);
	return false;
}

void keypath_free(struct keypath *path)
{
	for (size_t i = 0; i < path->count; i++)
		mem_free(path->dirs[i]);
	mem_free(path->dirs);
	*path = (struct keypath){ .count = 0 };
}

static bool check_text(const char *label, const char *text, size_t len,
                       struct error *err)
{
	if (len > KEYFILE_MAX)
		return error_set(err, ERR_SYNTAX, "%s: larger than 1 MiB",
		                 text_shown(label).s);
	if (len > 0 && memchr(text, '\0', len))
		return error_set(err, ERR_SYNTAX,
		                 "%s: not a text file: it holds zero bytes",
		                 text_shown(label).s);
	return true;
}

bool keyfile_text(struct keyfile *file, const char *label, const char *text,
                  size_t len, struct error *err)
{
	*file = (struct keyfile){ .label = label, .text = text, .len = len };
	return check_text(label, text, len, err);
}

/* Read what there is, up to len bytes; a file that shrinks meanwhile ends
   early. Returns the length or -errno. */
static int64_t read_all(int fd, char *text, size_t len)
{
	size_t used = 0;

	while (used < len) {
		int64_t n = sys_real.pread(fd, text + used, len - used, used);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (int64_t)used;
}

static bool read_fd(struct keyfile *file, int fd, struct error *err)
{
	const char *path = file->path;
	struct sys_stat st;
	size_t room;
	int64_t n = sys_real.fstat(fd, &st);

	if (n < 0)
		return error_sys(err, (int)-n, "%s", text_shown(path).s);
	if (st.type != SYS_REGULAR)
		return error_set(err, ERR_IO, "%s: not a regular file",
		                 text_shown(path).s);
	/* One byte more than may be tells a file that is too long. */
	room = (size_t)u64_min(st.size, KEYFILE_MAX) + 1;
	file->owned = mem_resize(NULL, room, 1, err);
	if (!file->owned)
		return false;
	n = read_all(fd, file->owned, room);
	if (n < 0)
		return error_sys(err, (int)-n, "%s", text_shown(path).s);
	file->dev = st.dev;
	file->ino = st.ino;
	file->text = file->owned;
	file->len = (size_t)n;
	return check_text(path, file->text, file->len, err);
}

bool keyfile_read(struct keyfile *file, const char *path, struct error *err)
{
	const char *slash;
	int fd;
	bool ok;

	*file = (struct keyfile){ .len = 0 };
	file->path = mem_strdup(path, err);
	if (!file->path)
		return false;
	slash = strrchr(file->path, '/');
	file->label = slash ? slash + 1 : file->path;
	fd = sys_real.open(path, SYS_READ);
	if (fd < 0) {
		error_sys(err, -fd, "%s", text_shown(path).s);
		keyfile_free(file);
		return false;
	}
	ok = read_fd(file, fd, err);
	(void)sys_real.close(fd);
	if (!ok)
		keyfile_free(file);
	return ok;
}

void keyfile_free(struct keyfile *file)
{
	mem_free(file->path);
	mem_free(file->owned);
	*file = (struct keyfile){ .len = 0 };
}

static bool is_same(const struct keyfile *a, const struct keyfile *b)
{
	if (a->copy || b->copy)
		return a->copy == b->copy;
	return a->path && b->path && a->dev == b->dev && a->ino == b->ino;
}

static bool is_being_read(const struct keyfile *file)
{
	for (const struct keyfile *f = file->from; f; f = f->from)
		if (is_same(f, file))
			return true;
	return false;
}

/* Take the file at a path, which becomes this function's, if it is there. */
static bool try_path(struct keyfile *file, const struct keyfile *from,
                     char *path, bool *found, struct error *err)
{
	bool ok;

	if (!path)
		return false;
	ok = keyfile_read(file, path, err);
	mem_free(path);
	if (!ok)
		return err->code == ERR_IO &&
		       (err->sys == ENOENT || err->sys == ENOTDIR);
	file->from = from;
	*found = !is_being_read(file);
	if (!*found)
		keyfile_free(file);
	return true;
}

static void try_copy(struct keyfile *file, const struct keyfile *from,
                     const char *name, bool *found)
{
	const struct embedded *e = keymap_files;

	while (e->name && strcmp(e->name, name) != 0)
		e++;
	if (!e->name)
		return;
	*file = (struct keyfile){
		.from = from,
		.text = (const char *)e->bytes,
		.len = e->len,
		.label = e->name,
		.copy = e,
	};
	*found = !is_being_read(file);
}

/* The file of this name in the folder of `from`. */
static bool try_beside(struct keyfile *file, const struct keyfile *from,
                       const char *name, bool *found, struct error *err)
{
	size_t len;

	if (!from)
		return true;
	if (from->copy) {
		try_copy(file, from, name, found);
		return true;
	}
	if (!from->path)
		return true;
	len = (size_t)(from->label - from->path);
	if (len == 0)
		return try_path(file, from, mem_strdup(name, err), found, err);
	return try_path(file, from, join(from->path, len - 1, name, err), found,
	                err);
}

bool keyfile_find(struct keyfile *file, const struct keypath *path,
                  const struct keyfile *from, const char *name, bool *found,
                  struct error *err)
{
	*found = false;
	if (name[0] == '/')
		return try_path(file, from, mem_strdup(name, err), found, err);
	if (!try_beside(file, from, name, found, err))
		return false;
	for (size_t i = 0; i < path->count && !*found; i++) {
		const char *dir = path->dirs[i];

		if (!try_path(file, from, join(dir, strlen(dir), name, err),
		              found, err))
			return false;
	}
	if (!*found)
		try_copy(file, from, name, found);
	return true;
}
