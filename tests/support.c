/* support.c - see support.h */
#include "config.h"

#include "tests/support.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A test ends by itself, however busy the machine is: the 4 seconds of Check are
   for those that do not. It looks when a test case is made, before run_suite(). */
__attribute__((constructor)) static void give_time(void)
{
	setenv("CK_DEFAULT_TIMEOUT", "600", 0);
}

int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

size_t cases(size_t n)
{
	const char *factor = getenv("HEXSPAN_CASES");
	double scaled = (double)n * (factor && *factor ? atof(factor) : 1.0);

	return scaled < 1 ? 1 : (size_t)scaled;
}

uint64_t random_seed(void)
{
	const char *given = getenv("HEXSPAN_SEED");
	uint64_t seed;
	struct timespec now;

	if (given && *given) {
		seed = strtoull(given, NULL, 0);
	} else {
		clock_gettime(CLOCK_REALTIME, &now);
		seed = (uint64_t)now.tv_sec * 1000000007u +
		       (uint64_t)now.tv_nsec + (uint64_t)getpid();
	}
	if (seed == 0)
		seed = 1;
	printf("HEXSPAN_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	return seed;
}

/* Sebastiano Vigna, "An experimental exploration of Marsaglia's xorshift
   generators, scrambled", 2016: xorshift64*. */
uint64_t random_u64(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

uint64_t random_below(uint64_t *state, uint64_t n)
{
	return random_u64(state) % n;
}

static char folder[64];
static pid_t folder_owner;

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_folder(void)
{
	if (folder_owner == getpid())
		(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch(void)
{
	if (folder_owner != getpid()) {
		snprintf(folder, sizeof(folder), "/tmp/hexspan-test-XXXXXX");
		if (!mkdtemp(folder))
			abort();
		folder_owner = getpid();
		(void)atexit(remove_folder);
	}
	return folder;
}

static char *join(const char *dir, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return path;
}

char *scratch_file(const char *name, const void *bytes, size_t len)
{
	char *path = join(scratch(), name);
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		abort();
	return path;
}

char *test_path(const char *name)
{
	const char *top = getenv("srcdir");
	char *dir = join(top && *top ? top : ".", "tests");
	char *path = join(dir, name);

	free(dir);
	return path;
}

void must(bool ok, const struct error *err)
{
	if (!ok)
		ck_abort_msg("%s", err->text);
}
