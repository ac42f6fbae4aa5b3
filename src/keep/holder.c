/* holder.c - see holder.h */
#include "config.h"

#include "keep/holder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"

enum {
	TEXT = 65536, /* of /proc/locks */
	INFO = 4096,  /* of a descriptor */
	PATH = 64,
};

void holder_read(const struct sys *sys, const char *path, char *text,
                 size_t room)
{
	int fd = sys->open(path, SYS_READ);
	size_t len = 0;
	int64_t n = 1;

	while (fd >= 0 && n > 0 && len < room - 1) {
		n = sys->read(fd, text + len, room - 1 - len);
		if (n > 0)
			len += (size_t)n;
	}
	text[len] = '\0';
	if (fd >= 0)
		(void)sys->close(fd);
}

void holder_name(const struct sys *sys, uint32_t pid,
                 char out[static HOLDER_NAME])
{
	char proc[PATH], name[PATH];

	snprintf(proc, sizeof(proc), "/proc/%" PRIu32 "/comm", pid);
	holder_read(sys, proc, name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	snprintf(out, HOLDER_NAME, "process %" PRIu32 " (%.*s)", pid,
	         HOLDER_NAME - 32, *name ? text_shown(name).s : "?");
}

/* "1: OFDLCK ADVISORY  WRITE -1 08:01:56789 100 100", behind "lock:\t" in what
   is said of a descriptor; with "->" behind the number it is one that waits. */
bool holder_is_lock(const char *line, uint64_t dev, uint64_t ino, uint32_t *pid)
{
	unsigned major_no, minor_no;
	uint64_t inode;
	char kind[8];
	int64_t who;

	if (strncmp(line, "lock:\t", 6) == 0)
		line += 6;
	if (sscanf(line, "%*u: %7s %*s %*s %" SCNd64 " %x:%x:%" SCNu64, kind,
	           &who, &major_no, &minor_no, &inode) != 5 ||
	    (strcmp(kind, "OFDLCK") != 0 && strcmp(kind, "POSIX") != 0) ||
	    inode != ino || major_no != major(dev) || minor_no != minor(dev))
		return false;
	*pid = who > 0 ? (uint32_t)who : 0;
	return true;
}

/* Has one of the lines this lock? */
static bool has_lock(const char *text, uint64_t dev, uint64_t ino,
                     uint32_t *pid)
{
	bool has = false;

	*pid = 0;
	while (*text && *pid == 0) {
		has = holder_is_lock(text, dev, ino, pid) || has;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return has;
}

/* --- locks without a process ---------------------------------------------- */

struct search {
	const struct sys *sys;
	uint64_t dev, ino;
	char folder[PATH]; /* of the descriptors of a process */
	bool found;
	uint32_t pid;
};

static bool is_number(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 11 && strspn(name, "0123456789") == len;
}

static bool look_at_descriptor(void *arg, const char *name)
{
	struct search *s = arg;
	char path[2 * PATH], text[INFO];
	uint32_t pid;

	if (!is_number(name))
		return true;
	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	holder_read(s->sys, path, text, sizeof(text));
	s->found = has_lock(text, s->dev, s->ino, &pid);
	return !s->found;
}

static bool look_at_process(void *arg, const char *name)
{
	struct search *s = arg;
	int fd;

	if (!is_number(name))
		return true;
	snprintf(s->folder, PATH, "/proc/%.10s/fdinfo", name);
	fd = s->sys->open(s->folder, SYS_READ | SYS_FOLDER);
	if (fd < 0)
		return true;
	(void)s->sys->list(fd, look_at_descriptor, s);
	(void)s->sys->close(fd);
	if (s->found)
		(void)sscanf(name, "%" SCNu32, &s->pid);
	return !s->found;
}

uint32_t holder_of(const struct sys *sys, uint64_t dev, uint64_t ino)
{
	struct search s = { .sys = sys, .dev = dev, .ino = ino };
	struct error ignored;
	char *text = mem_zalloc(TEXT, &ignored);
	int fd;

	if (!text)
		return 0;
	holder_read(sys, "/proc/locks", text, TEXT);
	(void)has_lock(text, dev, ino, &s.pid);
	mem_free(text);
	if (s.pid)
		return s.pid;
	fd = sys->open("/proc", SYS_READ | SYS_FOLDER);
	if (fd < 0)
		return 0;
	(void)sys->list(fd, look_at_process, &s);
	(void)sys->close(fd);
	return s.pid;
}
