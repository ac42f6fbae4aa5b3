/*
 * store.h - the bytes that edits brought
 *
 * Bytes are appended and never change; what is read is named by a piece. A
 * fill takes no room: it is a stretch of positions, of which the store knows
 * how each is computed.
 *
 * Few bytes are in memory. What comes in long stretches can be put elsewhere at
 * once, into the journal for one (struct store_away), and is read from there
 * when it is wanted: nothing here gives out a pointer, and a read says of each
 * byte whether it could be read.
 *
 * Counted: store_ref() and store_unref().
 *
 * Threads: any; but long stretches that are put elsewhere are the engine's,
 * which is where that writes. Those that put something wait for each other, and
 * any number read meanwhile what was there when they were given the piece.
 */
#ifndef EDIT_STORE_H
#define EDIT_STORE_H

#include "base/base.h"
#include "edit/piece.h"

struct error;
struct runs;
struct store;

enum { STORE_PATTERN_MAX = 65536 }; /* bytes that a fill repeats */

/* The longest fill; there can be three more of them. */
#define STORE_FILL_MAX (UINT64_C(1) << 60)

struct store *store_new(struct error *err) MUST_USE;
struct store *store_ref(struct store *store);
void store_unref(struct store *store); /* NULL is allowed */

/* Append len bytes; *out is the piece that they are. ERR_NOMEM, or as putting
   them away fails: then there is no such piece. */
bool store_put(struct store *store, const void *bytes, size_t len,
               struct piece *out, struct error *err) MUST_USE;

/* A piece of `len` bytes that repeats `period` bytes, 1..STORE_PATTERN_MAX of
   them. O(period). ERR_NOMEM; ERR_LIMIT: fills are too long. */
bool store_put_fill(struct store *store, const void *pattern, size_t period,
                    uint64_t len, struct piece *out,
                    struct error *err) MUST_USE;

/* A piece of the first `len` bytes of fill_random(), whose key has FILL_KEY
   bytes. O(1). ERR_NOMEM, ERR_LIMIT. */
bool store_put_random(struct store *store, const unsigned char *key,
                      uint64_t len, struct piece *out,
                      struct error *err) MUST_USE;

/*
 * Bytes that are kept elsewhere: those that a flush has overwritten in a file,
 * and long ones. `read` gives [pos, pos + len) of what `ctx` has, in any
 * thread, or fails with ERR_IO or the like, and then they cannot be read. If
 * not all of them are alike, the error has a position as its address:
 * ERR_RANGE: those before it can be read; ERR_STATE: nobody knows those before
 * it. `free` is called at the end.
 */
struct store_image {
	bool (*read)(void *ctx, uint64_t pos, void *buf, size_t len,
	             struct error *err);
	void (*free)(void *ctx);
	void *ctx;
};

/* A piece of `len` > 0 such bytes. ERR_NOMEM, ERR_LIMIT: then nothing was taken
   over. */
bool store_put_image(struct store *store, uint64_t len,
                     const struct store_image *image, struct piece *out,
                     struct error *err) MUST_USE;

/* Their offsets begin here; there are never so many bytes. */
#define STORE_IMAGES (UINT64_C(1) << 62)

/* Is it of those? Then store_copy() may not be used. */
static inline bool store_is_image(const struct piece *piece)
{
	return (piece->tag & PIECE_KIND) == PIECE_STORE &&
	       piece->off >= STORE_IMAGES;
}

/* The image that such a piece begins in: its first *len bytes are what that has
   from *at on. Borrowed. */
const struct store_image *store_image_of(const struct store *store,
                                         const struct piece *piece,
                                         uint64_t *at, uint64_t *len);

/*
 * Where long bytes are put, 4096 or more. `put` takes the first ones of these,
 * as many as stand together: *took of them are what *image has from *at on. It
 * may take none of the first ones, and then all of them stay in memory. Called
 * in the engine's thread.
 */
struct store_away {
	bool (*put)(void *ctx, const void *bytes, size_t len, size_t *took,
	            struct store_image *image, uint64_t *at, struct error *err);
	void *ctx;
};

/* What was put stays where it is. NULL: all is in memory, as at first. */
void store_set_away(struct store *store, const struct store_away *away);

/* How the bytes from a position of the fills on are computed. */
struct store_fill {
	uint64_t len;   /* that are computed so */
	uint64_t phase; /* where they begin in the pattern, or in the stream */
	size_t period;  /* bytes of the pattern; 0: random */
};

/* Also gives the pattern, or the key. */
struct store_fill store_fill(const struct store *store, uint64_t pos,
                             unsigned char bytes[static STORE_PATTERN_MAX]);

/* Read the piece, which is PIECE_STORE or PIECE_FILL and at most SIZE_MAX long,
   whole, and append runs as source_read(): they are edited, and inserted if the
   piece is. Images are edited if the piece is, and may be BAD. ERR_NOMEM: then
   the runs are as they were. */
bool store_read(const struct store *store, const struct piece *piece, void *buf,
                struct runs *runs, struct error *err) MUST_USE;
/* Those of the pieces that are the store's will be read soon. */
void store_expect(const struct store *store, const struct piece *v,
                  size_t count);
/* The same without runs. */
void store_copy(const struct store *store, const struct piece *piece,
                void *buf);
/* The same for many, one behind the other; pieces of a base are left out. */
void store_copy_all(const struct store *store, const struct piece *v,
                    size_t count, void *buf);

#ifdef TEST_HOOKS
/* How many bytes are in memory. */
uint64_t store_size(const struct store *store);
#endif

#endif
