/* mem.c - see mem.h */
#include "config.h"

#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#ifdef TEST_HOOKS
/* Set while jobs run, and counted down by them. */
static _Atomic long left = -1;

static atomic_bool once;

void mem_fail_after(long n)
{
	atomic_store(&once, false);
	atomic_store(&left, n);
}

void mem_fail_once(long n)
{
	atomic_store(&once, true);
	atomic_store(&left, n);
}

static bool refused(void)
{
	long n = atomic_load(&left);

	while (n > 0 && !atomic_compare_exchange_weak(&left, &n, n - 1))
		;
	if (n == 0 && atomic_load(&once))
		atomic_store(&left, -1);
	return n == 0;
}
#else
static bool refused(void)
{
	return false;
}
#endif

void *mem_zalloc(size_t size, struct error *err)
{
	void *p = refused() ? NULL : calloc(1, size ? size : 1);

	if (!p)
		error_set(err, ERR_NOMEM, "out of memory (%zu bytes)", size);
	return p;
}

void *mem_resize(void *old, size_t n, size_t size, struct error *err)
{
	size_t bytes = 0;
	void *p = NULL;

	if (!__builtin_mul_overflow(n, size, &bytes) && !refused())
		p = old ? realloc(old, bytes ? bytes : 1)
		        : malloc(bytes ? bytes : 1);
	if (!p)
		error_set(err, ERR_NOMEM, "out of memory (%zu x %zu bytes)", n,
		          size);
	return p;
}

bool mem_grow(void *array, size_t *cap, size_t need, size_t size,
              struct error *err)
{
	size_t want = *cap;
	void *old;
	void *p;

	if (need <= *cap)
		return true;
	want = want > SIZE_MAX / 2 ? need : want * 2;
	if (want < need)
		want = need;
	/* `array` is the address of a typed pointer: copied, not cast. */
	memcpy(&old, array, sizeof(old));
	p = mem_resize(old, want, size, err);
	if (!p)
		return false;
	memcpy(array, &p, sizeof(p));
	*cap = want;
	return true;
}

char *mem_strndup(const char *text, size_t len, struct error *err)
{
	char *copy = mem_resize(NULL, len + 1, 1, err);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *mem_strdup(const char *text, struct error *err)
{
	return mem_strndup(text, strlen(text), err);
}

void mem_free(void *p)
{
	free(p);
}
