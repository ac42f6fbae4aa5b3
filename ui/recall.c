/* recall.c - see recall.h */
#include "config.h"

#include "ui/recall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"

/* A text that grows. */
struct text {
	char *v; /* owned */
	size_t len, cap;
};

struct saving {
	struct job *job; /* owned */
	char path[RECALL_PATH];
	struct text fresh;
	bool ok;
	struct error err;
};

static bool fail(struct error *err, const char *path, int number)
{
	error_sys(err, number, "%s", text_shown(path).s);
	return error_add_path(err, path);
}

/* --- the file ------------------------------------------------------------ */

static bool add_text(struct text *text, const char *bytes, size_t len,
                     struct error *err)
{
	if (!mem_grow(&text->v, &text->cap, text->len + len, 1, err))
		return false;
	memcpy(text->v + text->len, bytes, len);
	text->len += len;
	return true;
}

static bool read_all(int fd, const char *path, struct text *text,
                     struct error *err)
{
	char bytes[4096];
	ssize_t n;

	/* What is longer than we write it was not written by us. */
	while (text->len < (size_t)2 * RECALL_BYTES) {
		n = read(fd, bytes, sizeof(bytes));
		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(err, path, errno);
		if (!add_text(text, bytes, (size_t)n, err))
			return false;
	}
	return true;
}

/* A file that is not there is empty. A pipe under that name is not opened for
   good: nobody may write to it. */
static bool read_file(const char *path, struct text *text, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	bool ok;

	if (fd < 0)
		return errno == ENOENT || fail(err, path, errno);
	if (fstat(fd, &st) != 0)
		ok = fail(err, path, errno);
	else if (!S_ISREG(st.st_mode))
		ok = error_set(err, ERR_IO, "%s is no file",
		               text_shown(path).s);
	else
		ok = read_all(fd, path, text, err);
	(void)close(fd);
	return ok;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* The whole file, or what it was. */
static bool write_file(const char *path, const char *bytes, size_t len,
                       struct error *err)
{
	char temp[RECALL_PATH + 16];
	int number = 0;
	int fd;

	snprintf(temp, sizeof(temp), "%s.%ld", path, (long)getpid());
	/* Left by one that was killed and had our number. */
	(void)unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(err, path, errno);
	if (!write_all(fd, bytes, len) || fdatasync(fd) != 0)
		number = errno;
	if (close(fd) != 0 && number == 0)
		number = errno;
	if (number == 0 && rename(temp, path) != 0)
		number = errno;
	if (number == 0)
		return true;
	(void)unlink(temp);
	return fail(err, path, number);
}

/* --- lines --------------------------------------------------------------- */

/* Is it a line that a prompt can hold? */
static bool is_line(const char *line, size_t len)
{
	if (len == 0 || len > RECALL_BYTES / 8)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			return false;
	return true;
}

/* The next line of text[*pos, len), NUL-terminated in its place; NULL at the
   end. A last one without its newline was cut. */
static char *next_line(struct text *text, size_t *pos)
{
	while (*pos < text->len) {
		char *line = text->v + *pos;
		char *end = memchr(line, '\n', text->len - *pos);

		if (!end)
			return NULL;
		*pos += (size_t)(end - line) + 1;
		if (!is_line(line, (size_t)(end - line)))
			continue;
		*end = '\0';
		return line;
	}
	return NULL;
}

/* The last lines of old and fresh, the same one not twice in a row. */
static bool join(struct text *old, struct text *fresh, struct text *out,
                 struct error *err)
{
	size_t starts[RECALL_LINES];
	size_t count = 0, first = 0, pos;
	struct text *texts[] = { old, fresh };
	const char *line, *last = "";

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		for (pos = 0; (line = next_line(texts[i], &pos)); last = line) {
			if (strcmp(line, last) == 0)
				continue;
			starts[count++ % RECALL_LINES] = out->len;
			if (!add_text(out, line, strlen(line), err) ||
			    !add_text(out, "\n", 1, err))
				return false;
		}
	if (count > RECALL_LINES)
		first = count - RECALL_LINES;
	while (first < count &&
	       out->len - starts[first % RECALL_LINES] > RECALL_BYTES)
		first++;
	if (first > 0) {
		size_t from =
			first < count ? starts[first % RECALL_LINES] : out->len;

		memmove(out->v, out->v + from, out->len - from);
		out->len -= from;
	}
	return true;
}

static bool save(const char *path, struct text *fresh, struct error *err)
{
	struct text old = { 0 }, joined = { 0 };
	bool ok = read_file(path, &old, err) &&
	          join(&old, fresh, &joined, err) &&
	          write_file(path, joined.v, joined.len, err);

	mem_free(old.v);
	mem_free(joined.v);
	return ok;
}

/* --- recall -------------------------------------------------------------- */

bool recall_open(struct recall *recall, const char *path, recall_take *take,
                 void *arg, struct error *err)
{
	struct text text = { 0 };
	bool ok = read_file(path, &text, err);
	size_t pos = 0;
	char *line;

	*recall = (struct recall){ 0 };
	while (ok && (line = next_line(&text, &pos)))
		take(arg, line);
	if (ok && strlen(path) < RECALL_PATH)
		strcpy(recall->path, path);
	mem_free(text.v);
	return ok;
}

void recall_add(struct recall *recall, const char *line)
{
	struct text fresh = { recall->fresh, recall->len, recall->cap };
	size_t len = strlen(line);
	struct error ignored;

	if (!recall->path[0] || line[0] == ' ' || !is_line(line, len))
		return;
	if (add_text(&fresh, line, len, &ignored) &&
	    !add_text(&fresh, "\n", 1, &ignored))
		fresh.len -= len;
	recall->fresh = fresh.v;
	recall->len = fresh.len;
	recall->cap = fresh.cap;
}

static void save_work(struct job *job, void *arg)
{
	struct saving *saving = arg;

	(void)job;
	saving->ok = save(saving->path, &saving->fresh, &saving->err);
}

static void saving_free(struct saving *saving)
{
	if (!saving)
		return;
	job_free(saving->job);
	mem_free(saving->fresh.v);
	mem_free(saving);
}

bool recall_save(struct recall *recall, struct pool *pool, struct error *err)
{
	struct saving *saving;

	if (recall->len == 0 || recall->saving)
		return true;
	saving = mem_zalloc(sizeof(*saving), err);
	if (!saving)
		return false;
	memcpy(saving->path, recall->path, sizeof(saving->path));
	saving->fresh =
		(struct text){ recall->fresh, recall->len, recall->cap };
	saving->job = job_start(pool, JOB_READ, save_work, saving, err);
	if (!saving->job) {
		mem_free(saving);
		return false;
	}
	recall->saving = saving;
	recall->fresh = NULL;
	recall->len = recall->cap = 0;
	return true;
}

bool recall_done(struct recall *recall, struct job *job, bool *ok,
                 struct error *err)
{
	struct saving *saving = recall->saving;

	if (!saving || saving->job != job)
		return false;
	*ok = saving->ok;
	if (!*ok) {
		*err = saving->err;
		recall->path[0] = '\0';
		recall->len = 0;
	}
	recall->saving = NULL;
	saving_free(saving);
	return true;
}

void recall_close(struct recall *recall)
{
	struct text fresh = { recall->fresh, recall->len, recall->cap };
	struct error ignored;

	if (recall->saving)
		job_wait(recall->saving->job);
	saving_free(recall->saving);
	if (recall->path[0] && fresh.len > 0)
		(void)save(recall->path, &fresh, &ignored);
	mem_free(fresh.v);
	*recall = (struct recall){ 0 };
}
