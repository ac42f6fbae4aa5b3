/* error.c - see error.h */
#include "config.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/*
 * Where to end a text of `end` bytes that was cut there: before the character
 * at its end, if the cut took a part of that. Not before `used`.
 */
static size_t cut_at_character(const char *text, size_t used, size_t end)
{
	size_t last = end;
	uint32_t cp;

	while (last > used && ((unsigned char)text[last - 1] & 0xc0) == 0x80)
		last--;
	if (last == used)
		return end;
	last--;
	return text_decode(text + last, end - last, &cp) > 0 ? end : last;
}

/* Append formatted text behind `used` bytes. */
static void append(struct error *err, size_t used, const char *fmt, va_list ap)
{
	size_t room = sizeof(err->text) - used;
	int len = vsnprintf(err->text + used, room, fmt, ap);

	if (len < 0)
		err->text[used] = '\0';
	else if ((size_t)len >= room)
		err->text[cut_at_character(err->text, used,
		                           sizeof(err->text) - 1)] = '\0';
}

static void appendf(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void appendf(struct error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(err, strlen(err->text), fmt, ap);
	va_end(ap);
}

static void start(struct error *err, enum err code)
{
	err->code = code;
	err->sys = 0;
	err->column = 0;
	err->has_addr = false;
	err->addr = 0;
	err->text[0] = '\0';
	err->path[0] = '\0';
}

bool error_set(struct error *err, enum err code, const char *fmt, ...)
{
	va_list ap;

	start(err, code);
	va_start(ap, fmt);
	append(err, 0, fmt, ap);
	va_end(ap);
	return false;
}

bool error_sys(struct error *err, int errnum, const char *fmt, ...)
{
	va_list ap;

	start(err, ERR_IO);
	err->sys = errnum;
	va_start(ap, fmt);
	append(err, 0, fmt, ap);
	va_end(ap);
	appendf(err, ": %s", error_errno_text(errnum));
	return false;
}

bool error_at(struct error *err, size_t column, const char *fmt, ...)
{
	va_list ap;

	start(err, ERR_SYNTAX);
	err->column = column;
	va_start(ap, fmt);
	append(err, 0, fmt, ap);
	va_end(ap);
	return false;
}

bool error_add_addr(struct error *err, uint64_t addr)
{
	err->has_addr = true;
	err->addr = addr;
	return false;
}

bool error_add_path(struct error *err, const char *path)
{
	size_t len = strlen(path);

	if (len < sizeof(err->path))
		memcpy(err->path, path, len + 1);
	else
		err->path[0] = '\0';
	return false;
}

bool error_prefix(struct error *err, const char *fmt, ...)
{
	char old[ERROR_TEXT];
	va_list ap;

	memcpy(old, err->text, sizeof(old));
	err->text[0] = '\0';
	va_start(ap, fmt);
	append(err, 0, fmt, ap);
	va_end(ap);
	appendf(err, ": %s", old);
	return false;
}

int error_status(const struct error *err)
{
	switch (err->code) {
	case ERR_NONE:
		return 0;
	case ERR_NO:
		return 1;
	case ERR_SYNTAX:
	case ERR_RANGE:
		return 2;
	default:
		return 3;
	}
}

const char *error_errno_text(int errnum)
{
	const char *text = strerrordesc_np(errnum);

	return text ? text : "unknown error";
}
