/*
 * charset.h - the encodings that a text can be searched in
 *
 * Threads: any; constant.
 */
#ifndef FIND_CHARSET_H
#define FIND_CHARSET_H

#include "base/base.h"

enum charset {
	CHARSET_UTF8,
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	CHARSET_LATIN1,
	CHARSET_CP1252,
	CHARSETS,
};

enum { CHARSET_BYTES = 4 }; /* of a character, at most */

/* "utf8" "utf16le" "utf16be" "latin1" "cp1252" */
const char *charset_name(enum charset set);

/* The encoding of this name, which may be written as UTF-16LE or utf-8, too;
   false when there is none. */
bool charset_find(const char *name, size_t len, enum charset *out);

/* The bytes of a character; returns how many, 0 when it has none there. */
size_t charset_encode(enum charset set, uint32_t cp,
                      unsigned char out[static CHARSET_BYTES]);

#endif
