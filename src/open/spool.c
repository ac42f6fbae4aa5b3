/* spool.c - see spool.h */
#include "config.h"

#include "open/spool.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "source/file.h"

enum {
	SPOOL_STEP = 1 << 16,
	STDIN = 0,
};

/* Write all of it. */
static bool write_all(const struct sys *sys, int fd, const unsigned char *bytes,
                      int64_t len, struct error *err)
{
	int64_t n;

	for (int64_t done = 0; done < len; done += n) {
		n = sys->write(fd, bytes + done, (size_t)(len - done));
		if (n < 0)
			return error_sys(err, (int)-n,
			                 "standard input cannot be kept in a "
			                 "temporary file");
	}
	return true;
}

struct source *spool_stdin(const struct sys *sys, struct files *files,
                           struct error *err)
{
	int fd = sys->temporary();
	unsigned char *bytes;
	int64_t n = 0;
	bool ok;

	if (fd < 0) {
		error_sys(err, -fd, "no temporary file for standard input");
		return NULL;
	}
	bytes = mem_resize(NULL, SPOOL_STEP, 1, err);
	for (ok = bytes; ok; ok = write_all(sys, fd, bytes, n, err)) {
		n = sys->read(STDIN, bytes, SPOOL_STEP);
		if (n == 0)
			break;
		if (n < 0) {
			ok = error_sys(err, (int)-n, "standard input");
			break;
		}
	}
	mem_free(bytes);
	if (!ok) {
		(void)sys->close(fd);
		return NULL;
	}
	return file_adopt(files, fd, "standard input", err);
}
