/*
 * locale.c - see locale.h
 *
 * To ask the C library takes it a dozen files, a twentieth of the whole start,
 * and a first screen seldom needs to know more than that this is UTF-8 and how
 * wide our own signs are. So a name that ends in ".UTF-8" is believed, and the
 * locale is opened when the first other character comes. A terminal that such a
 * name speaks of understands UTF-8 on systems that do not have that locale,
 * too: the widths are then those of C.UTF-8.
 *
 * setlocale() would change what other threads are reading: uselocale() gives
 * one to the UI thread alone. What a thread was given is no part of the app, of
 * which tests have many, so it is kept here.
 */
#include "config.h"

#include "ui/locale.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "base/text.h"

static struct {
	const char *name; /* borrowed from the environment; "" is C */
	bool utf8;
	bool opened;
	locale_t locale; /* of the UI thread once it is opened; or 0 */
} own = { .name = "" };

static const char *name_of_locale(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		const char *value = getenv(variables[i]);

		if (value && *value)
			return value;
	}
	return "";
}

/* Does the name of a locale, "de_DE.UTF-8@euro", say so? */
static bool names_utf8(const char *name)
{
	const char *codeset = strchr(name, '.');
	size_t len = codeset ? strcspn(++codeset, "@") : 0;

	return (len == 5 && strncasecmp(codeset, "UTF-8", len) == 0) ||
	       (len == 4 && strncasecmp(codeset, "UTF8", len) == 0);
}

static bool has_utf8(locale_t locale)
{
	return strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
}

static void close_locale(void)
{
	(void)uselocale(LC_GLOBAL_LOCALE);
	if (own.locale)
		freelocale(own.locale);
	own.locale = (locale_t)0;
	own.opened = false;
}

static void open_locale(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, own.name, (locale_t)0);

	own.opened = true;
	if (names_utf8(own.name) && (!locale || !has_utf8(locale))) {
		if (locale)
			freelocale(locale);
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	}
	own.locale = locale;
	if (locale)
		(void)uselocale(locale);
}

void locale_init(void)
{
	close_locale();
	own.name = name_of_locale();
	own.utf8 = names_utf8(own.name);
	if (own.utf8 || !*own.name || strcmp(own.name, "C") == 0 ||
	    strcmp(own.name, "POSIX") == 0)
		return;
	/* "en_IN" is UTF-8, as some systems have it. */
	open_locale();
	own.utf8 = own.locale && has_utf8(own.locale);
}

bool locale_is_utf8(void)
{
	return own.utf8;
}

bool locale_is_cjk(void)
{
	static const char *const languages[] = { "zh", "ja", "ko" };

	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (strncmp(own.name, languages[i], 2) == 0)
			return true;
	return false;
}

/* What frames, seams and classes of bytes are drawn with: all one cell wide
   wherever they are used. */
static bool is_own_sign(uint32_t ch)
{
	return (ch >= 0x2500 && ch <= 0x257f) || ch == 0xb7 || ch == 0xd7 ||
	       ch == 0x2022 || ch == 0x22c4 || ch == 0x2423 || ch == 0x25a0;
}

int locale_width(uint32_t ch)
{
	int width;

	if (text_is_print(ch))
		return 1;
	if (!own.utf8)
		return 0;
	if (is_own_sign(ch))
		return 1;
	if (!own.opened)
		open_locale();
	width = wcwidth((wchar_t)ch);
	return width == 1 || width == 2 ? width : 0;
}
