/*
 * library.c - see library.h
 *
 * The C standard has no cast from a pointer to data to one to a function; POSIX
 * says that they have the same form, so the value is copied.
 */
#include "config.h"

#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

#ifdef TEST_HOOKS
static const char *hidden;

void library_hide(const char *file)
{
	hidden = file;
}

static bool is_hidden(const char *file)
{
	return hidden && strcmp(hidden, file) == 0;
}
#else
static bool is_hidden(const char *file)
{
	(void)file;
	return false;
}
#endif

static void *fail(const char *file, const char *what, const char *why,
                  struct error *err)
{
	error_set(err, ERR_STATE, "%s is not here (%s)", what,
	          text_shown(why ? why : file).s);
	return NULL;
}

static bool has_all(void *library, const struct library_symbol *symbols,
                    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!dlsym(library, symbols[i].name))
			return false;
	return true;
}

void *library_open(const char *file, const char *what,
                   const struct library_symbol *symbols, size_t count,
                   struct error *err)
{
	void *library;

	if (is_hidden(file))
		return fail(file, what, NULL, err);
	library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return fail(file, what, dlerror(), err);
	if (!has_all(library, symbols, count)) {
		void *none = fail(file, what, dlerror(), err);

		(void)dlclose(library);
		return none;
	}
	for (size_t i = 0; i < count; i++) {
		void *symbol = dlsym(library, symbols[i].name);

		memcpy(symbols[i].to, &symbol, sizeof(symbol));
	}
	return library;
}

void library_close(void *library)
{
	if (library)
		(void)dlclose(library);
}
