/*
 * acquired.c - see acquired.h
 *
 * Only names that images have are looked at: whatever else is opened costs
 * nothing. A list of digests alone (disk.md5) is no report: it comes with many
 * a file that is meant to be changed.
 */
#include "config.h"

#include "open/acquired.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/sys.h"
#include "source/source.h"

enum {
	MAGIC = 8,   /* bytes that a container begins with */
	HEAD = 1024, /* bytes of a report that are looked at */
	ROOM = 16,   /* for the end of its name */
};

/* Behind the last dot of the name, or NULL. */
static const char *extension(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && dot[1] && !strchr(dot, '/') ? dot + 1 : NULL;
}

/* 001, 002 .. */
static bool is_number(const char *ext)
{
	return strspn(ext, "0123456789") == strlen(ext);
}

static bool is_image(const char *ext)
{
	static const char *const all[] = { "dd", "raw", "img", "image", "ima" };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcasecmp(ext, all[i]) == 0)
			return true;
	return false;
}

/* E01, EAA, Ex01, L01, S01, AFF, AFF4. */
static bool may_be_container(const char *ext)
{
	size_t len = strlen(ext);

	if (strncasecmp(ext, "aff", 3) == 0)
		return true;
	return strchr("eElLsS", ext[0]) && (len == 3 || len == 4) &&
	       isalnum((unsigned char)ext[len - 1]);
}

/* How many of the first bytes the source has; they are in `head` then. */
static size_t read_magic(struct source *src, char head[static MAGIC])
{
	size_t len = (size_t)u64_min(src->size, MAGIC);
	struct runs runs = { 0 };
	struct error ignored;
	bool ok = len > 0 &&
	          source_read(src, 0, head, len, 0, &runs, &ignored) &&
	          runs.count == 1 && state_has_bytes(runs.v[0].state);

	runs_free(&runs);
	return ok ? len : 0;
}

/* The first bytes of a report, with a NUL; returns how many there are. */
static size_t read_head(const struct sys *sys, const char *path,
                        char head[static HEAD + 1])
{
	int fd = sys->open(path, SYS_READ);
	struct sys_stat st = { 0 };
	int64_t n = 0;

	if (fd < 0)
		return 0;
	if (sys->fstat(fd, &st) == 0 && st.type == SYS_REGULAR)
		n = sys->pread(fd, head, HEAD, 0);
	(void)sys->close(fd);
	n = n < 0 ? 0 : n;
	head[n] = '\0';
	return (size_t)n;
}

/* AFF4 is a zip archive by another name, which zips of other names are not. */
static bool is_container(struct source *src, const char *ext)
{
	static const struct {
		const char *bytes;
		size_t len;
	} magics[] = {
		{ "EVF\x09\x0d\x0a\xff", 8 }, { "LVF\x09\x0d\x0a\xff", 8 },
		{ "EVF2\x0d\x0a\x81", 8 },    { "LEF2\x0d\x0a\x81", 8 },
		{ "AFF10\r\n", 8 },
	};
	char head[MAGIC];
	size_t len = read_magic(src, head);

	if (strcasecmp(ext, "aff4") == 0)
		return len >= 4 && memcmp(head, "PK\x03\x04", 4) == 0;
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (len >= magics[i].len &&
		    memcmp(head, magics[i].bytes, magics[i].len) == 0)
			return true;
	return false;
}

/* What such programs write into their reports. */
static bool is_report(const struct sys *sys, const char *path)
{
	static const char *const words[] = {
		"AccessData", "GUYMAGER",   "dc3dd ",
		"dcfldd",     "ewfacquire", "reated by GNU ddrescue",
	};
	char head[HEAD + 1];

	if (read_head(sys, path, head) == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(head, words[i]))
			return true;
	return false;
}

/* Beside a file or its set; of parts, beside the first one. */
static bool find_report(const struct sys *sys, const char *path, size_t base,
                        char side[static ACQUIRED_PATH])
{
	static const char *const ends[] = { ".txt", ".info", ".log", ".map",
		                            ".mapfile" };
	static const char *const firsts[] = { "", ".001" };
	size_t sets = is_number(path + base + 1) ? ARRAY_LEN(firsts) : 1;
	int len = (int)base;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		(void)snprintf(side, ACQUIRED_PATH, "%s%s", path, ends[i]);
		if (is_report(sys, side))
			return true;
		for (size_t k = 0; k < sets; k++) {
			(void)snprintf(side, ACQUIRED_PATH, "%.*s%s%s", len,
			               path, firsts[k], ends[i]);
			if (is_report(sys, side))
				return true;
		}
	}
	side[0] = '\0';
	return false;
}

bool acquired_is(const struct sys *sys, struct source *src, const char *path,
                 struct acquired *found)
{
	const char *ext = extension(path);
	bool number;
	size_t base;

	if (!ext || strlen(path) >= ACQUIRED_PATH - ROOM)
		return false;
	base = (size_t)(ext - path) - 1;
	number = is_number(ext);
	if (!number && may_be_container(ext)) {
		found->set[0] = '\0';
		snprintf(found->side, ACQUIRED_PATH, "%s", path);
		return is_container(src, ext);
	}
	if (!number && !is_image(ext))
		return false;
	if (number && strlen(found->set) == base &&
	    strncmp(found->set, path, base) == 0)
		return found->side[0] != '\0';
	snprintf(found->set, ACQUIRED_PATH, "%.*s", number ? (int)base : 0,
	         path);
	return find_report(sys, path, base, found->side);
}
