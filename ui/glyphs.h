/*
 * glyphs.h - the character that stands for a byte in the text pane
 *
 * One byte is one cell, always. A UTF-8 character stands in the cell of its
 * first byte, a double-width one covers the next cell too; the cells of its
 * other bytes hold a dim dot. What has no glyph of its own is shown by the sign
 * of its class, never as itself: controls, combining and bidi characters,
 * private use.
 *
 * Threads: any.
 */
#ifndef UI_GLYPHS_H
#define UI_GLYPHS_H

#include "base/base.h"
#include "command/option.h"
#include "ui/cells.h"

/* The class of a byte: one of the first six styles. */
enum style byte_style(unsigned char byte);

struct glyph {
	uint32_t ch; /* 0: the right half of the character before it */
	enum style style;
};

/*
 * Glyphs of len bytes. has[i] is false where a byte has no value: its glyph is
 * not touched. `ascii`: only ASCII signs. A character that has begun before
 * bytes[0] or goes on past the end is shown by signs. Pairs of UTF-16 begin at
 * even addresses, of which `addr` is that of bytes[0].
 */
void glyphs_text(enum encoding encoding, bool ascii, uint64_t addr,
                 const unsigned char *bytes, const bool *has, size_t len,
                 struct glyph *out);

/* The bytes of a character in this encoding; 0: it has none there. */
size_t glyphs_encode(enum encoding encoding, uint32_t cp,
                     unsigned char dst[static 4]);

/* The sign of a class, for bytes without a glyph. */
uint32_t class_sign(enum style style, bool ascii);

#endif
