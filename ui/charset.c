/*
 * charset.c - see charset.h
 *
 * To ask the C library takes it a dozen files, a twentieth of the whole start,
 * and a first screen seldom needs to know more than that this is UTF-8 and how
 * wide our own signs are. So a name that ends in ".UTF-8" is believed, and the
 * locale is opened when the first other character comes. A terminal that such a
 * name speaks of understands UTF-8 on systems that do not have that locale,
 * too: the widths are then those of C.UTF-8.
 *
 * setlocale() would change what other threads are reading. The locale is that
 * of the UI thread alone.
 */
#include "config.h"

#include "ui/charset.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

static struct {
	const char *name; /* borrowed from the environment; "" is C */
	bool utf8;
	bool opened;
	locale_t locale; /* of the UI thread once it is opened; or 0 */
} charset = { .name = "" };

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
	if (charset.locale)
		freelocale(charset.locale);
	charset.locale = (locale_t)0;
	charset.opened = false;
}

static void open_locale(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, charset.name, (locale_t)0);

	charset.opened = true;
	if (names_utf8(charset.name) && (!locale || !has_utf8(locale))) {
		if (locale)
			freelocale(locale);
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	}
	charset.locale = locale;
	if (locale)
		(void)uselocale(locale);
}

void charset_init(void)
{
	close_locale();
	charset.name = name_of_locale();
	charset.utf8 = names_utf8(charset.name);
	if (charset.utf8 || !*charset.name || strcmp(charset.name, "C") == 0 ||
	    strcmp(charset.name, "POSIX") == 0)
		return;
	/* "en_IN" is UTF-8, as some systems have it. */
	open_locale();
	charset.utf8 = charset.locale && has_utf8(charset.locale);
}

bool charset_is_utf8(void)
{
	return charset.utf8;
}

bool charset_is_cjk(void)
{
	static const char *const languages[] = { "zh", "ja", "ko" };

	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (strncmp(charset.name, languages[i], 2) == 0)
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

int charset_width(uint32_t ch)
{
	int width;

	if (ch >= 0x20 && ch < 0x7f)
		return 1;
	if (!charset.utf8)
		return 0;
	if (is_own_sign(ch))
		return 1;
	if (!charset.opened)
		open_locale();
	width = wcwidth((wchar_t)ch);
	return width == 1 || width == 2 ? width : 0;
}
