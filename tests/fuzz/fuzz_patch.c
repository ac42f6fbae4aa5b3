/*
 * fuzz_patch.c - patches in their formats
 *
 * What is read is written again, to a file that is in memory, and read back: it
 * must be the same hunks. Records of IPS may be cut in other places, so these
 * must only be as many bytes or, at the offset that none begins at, more.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/sys.h"
#include "open/patch_file.h"
#include "tests/fuzz/fuzz.h"

enum { IN = 3, OUT, FOLDER, OUT_MAX = 32 << 20 };

/* The two files there are: "/in" and "/out". */
static const uint8_t *in;
static size_t in_len;
static uint8_t out[OUT_MAX];
static size_t out_len, at;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int fake_open(const char *path, unsigned flags)
{
	if (flags & SYS_FOLDER)
		return FOLDER;
	if (flags & SYS_WRITE) {
		out_len = 0;
		return OUT;
	}
	at = 0;
	return strcmp(path, "/in") == 0 ? IN : OUT;
}

static int fake_stat(const char *path, struct sys_stat *st)
{
	(void)path;
	*st = (struct sys_stat){ .type = SYS_REGULAR,
		                 .nlink = 1,
		                 .uid = sys_user() };
	return 0;
}

static int fake_fstat(int fd, struct sys_stat *st)
{
	(void)fd;
	return fake_stat("", st);
}

static int64_t fake_read(int fd, void *buf, size_t len)
{
	const uint8_t *from = fd == IN ? in : out;

	len = size_min(len, (fd == IN ? in_len : out_len) - at);
	if (len > 0)
		memcpy(buf, from + at, len);
	at += len;
	return (int64_t)len;
}

static int64_t fake_write(int fd, const void *buf, size_t len)
{
	require(fd == OUT && len <= OUT_MAX - out_len);
	memcpy(out + out_len, buf, len);
	out_len += len;
	return (int64_t)len;
}

static int fake_path(const char *path)
{
	(void)path;
	return 0;
}

static int fake_rename(const char *from, const char *to)
{
	(void)from;
	(void)to;
	return 0;
}

static int fake_fd(int fd)
{
	(void)fd;
	return 0;
}

static int fake_lock(int fd, enum sys_lock what)
{
	(void)fd;
	(void)what;
	return 0;
}

static int fake_cwd(char *buf, size_t size)
{
	require(size > 1);
	strcpy(buf, "/");
	return 0;
}

/* What a reading has found; it is also written, if there is a writer. */
struct found {
	struct patch_writer *w;
	bool failed;
	enum patch_format format;
	uint32_t crc;
	uint64_t hunks, bytes;
};

static bool begin(void *arg, enum patch_format format, struct error *err)
{
	struct found *f = arg;

	(void)err;
	f->format = format;
	return true;
}

static bool take_file(void *arg, unsigned number, const char *path,
                      struct error *err)
{
	struct found *f = arg;
	char last = path[strlen(path) - 1];
	unsigned got;

	require(path[0] == '/');
	/* A folder has no name in itself. */
	if (last == '/' || last == '.')
		path = "/f";
	f->crc = crc32c(f->crc, &number, sizeof(number));
	require(!f->w ||
	        (patch_put_file(f->w, path, &got, err) && got == number));
	return true;
}

static bool take_hunk(void *arg, const struct patch_hunk *h, struct error *err)
{
	struct found *f = arg;
	uint64_t head[4] = { h->file, h->off, h->old_len, h->new_len };
	struct patch_hunk hunk = *h;

	f->crc = crc32c(f->crc, head, sizeof(head));
	if (h->old)
		f->crc = crc32c(f->crc, h->old, h->old_len);
	f->crc = crc32c(f->crc, h->new, h->new_len);
	f->hunks++;
	f->bytes += h->new_len;
	hunk.before = 0;
	if (f->w && !f->failed)
		f->failed = !patch_put(f->w, &hunk, err);
	return true;
}

static bool read_it(const struct sys *sys, const char *path, struct found *f,
                    struct error *err)
{
	struct patch_taker to = { begin, take_file, take_hunk, f };

	return patch_read(sys, path, &to, err);
}

/* Write what is read, and read that. */
static void go_round(const struct sys *sys, const struct found *first)
{
	struct error err = { 0 };
	struct patch_writer w;
	struct found copy = { .w = &w }, second = { 0 };

	require(patch_begin(&w, sys, "/out", first->format, &err));
	require(read_it(sys, "/in", &copy, &err));
	require(copy.crc == first->crc);
	if (copy.failed) {
		/* IPS reads past 4 GiB, and does not write there. */
		require(first->format == PATCH_IPS);
		patch_cancel(&w);
		return;
	}
	require(patch_commit(&w, &err));
	require(read_it(sys, "/out", &second, &err));
	require(second.format == first->format);
	if (first->format == PATCH_IPS)
		require(second.bytes >= first->bytes);
	else
		require(second.crc == first->crc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = { 0 };
	struct found first = { 0 };
	struct sys sys = sys_real;

	sys.open = fake_open;
	sys.close = fake_fd;
	sys.stat = fake_stat;
	sys.fstat = fake_fstat;
	sys.read = fake_read;
	sys.write = fake_write;
	sys.rename = fake_rename;
	sys.unlink = fake_path;
	sys.sync = fake_fd;
	sys.lock = fake_lock;
	sys.cwd = fake_cwd;
	in = data;
	in_len = size;
	if (!read_it(&sys, "/in", &first, &err)) {
		require(err.code != ERR_NONE && err.text[0] != '\0');
		return 0;
	}
	/* Counts make a few bytes many. */
	if (first.bytes < OUT_MAX / 8 && first.hunks < 1 << 16)
		go_round(&sys, &first);
	return 0;
}
