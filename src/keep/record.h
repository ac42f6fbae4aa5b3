/*
 * record.h - the bytes of a journal: how they are written and read
 *
 * A journal is a head of 4096 bytes, then records, each a head of 56 bytes and
 * a payload, at multiples of 8. doc/formats.md has the tables of offsets and
 * the rules F1..F9 of what is valid; these functions are the rules. They look
 * at bytes that may come from anywhere, and do no I/O.
 *
 *	+------+------+--------+------+--------+- -+------+---------+
 *	| head | head payload  | head payload  |   | head | TRAILER | foot
 *	+------+------+--------+------+--------+- -+------+---------+
 *	       `- record       `- record           END, then the trailer
 *
 * Records with the same group number are one group: it counts when its last
 * record (RECORD_LAST) is there. A group is what is done and shown at once;
 * RECORD_JOIN says that it is undone together with the group before.
 *
 * Numbers in change lists are varints (LEB128) below 2^63.
 *
 * Threads: any.
 */
#ifndef KEEP_RECORD_H
#define KEEP_RECORD_H

#include "base/base.h"

struct error;

enum {
	RECORD_START = 4096, /* the journal's head: the first record is here */
	RECORD_HEAD = 56,
	RECORD_FOOT = 16,
	RECORD_MAX = 1 << 20, /* bytes of a payload */
	RECORD_UUID = 16,
	RECORD_NAME = 2 * RECORD_UUID, /* of a file, in hex, less ".hxj" */
	RECORD_KEY = 32,
	RECORD_OLD_MAX = 65536,     /* old bytes of a piece */
	RECORD_PATTERN_MAX = 65536, /* bytes that a fill repeats */
	RECORD_PATH_MAX = 4096,
	RECORD_NOTE_MAX = 4096,
	RECORD_GIVEN_BACK = 0, /* in RELEASED, in the place of a document */
	RECORD_CALLED_MAX = 32,
	RECORD_FILES_MAX = 1 << 20,
};

enum record_type {
	RECORD_FILE = 1, /* a document's identity, before its first change */
	RECORD_SAMPLES,  /* CRCs of parts of a document's base */
	RECORD_CHANGES,  /* bytes of the store, then changes; either may be 0 */
	RECORD_UNDO,     /* of a step: the number of its first group */
	RECORD_REDO,
	RECORD_NOTE,     /* a text about a group */
	RECORD_ORIGIN,   /* the groups from here on come from another journal */
	RECORD_ADOPTED,  /* they are all there: they count from here on */
	RECORD_RELEASED, /* documents whose changes another journal has; in a
	                    flush: are over when it was done */
	RECORD_CLOSE,    /* the editor ended; the changes wait */
	RECORD_TEMP,     /* a file beside a document that a flush makes */
	RECORD_MARK,     /* the flush before it is durable: see F7 */

	/* A flush is one group: BEGIN, TARGETS, IMAGES, COMMIT. */
	RECORD_FLUSH_BEGIN = 16,
	RECORD_FLUSH_TARGET,   /* a document, as its file is before the flush */
	RECORD_FLUSH_IMAGES,   /* parts of it: old bytes and new ones */
	RECORD_FLUSH_COMMIT,   /* the flush is to be finished from here on */
	RECORD_END,            /* all was flushed; identities after it */
	RECORD_FLUSH_OVER,     /* it was, or was undone; the journal goes on */
	RECORD_FLUSH_EXCHANGE, /* what takes the place of the last target */
	RECORD_FLUSH_BLIND,    /* as IMAGES, of what could not be read */
	RECORD_TRAILER = 24,
	RECORD_FLUSH_GONE, /* what only the old one of exchanged files had */
	RECORD_CALLED,     /* what made the changes from here on; optional */
	RECORD_REMARK, /* a text about a group of another journal; optional */
};

/* Flags of a record. */
enum {
	RECORD_LAST = 1, /* closes its group */
	RECORD_JOIN = 2, /* with LAST: the same undo step as the group before */
	RECORD_OPTIONAL = 4, /* who does not know the type may pass over it */
};

/* --- the journal's head --------------------------------------------------- */

struct record_journal {
	uint8_t uuid[RECORD_UUID];
	uint64_t salt;   /* random: bytes of other journals fail their CRCs */
	int64_t created; /* ns since the epoch */
	uint32_t pid, uid;
	char program[32]; /* and version; ends with a NUL */
};

void record_journal_encode(const struct record_journal *journal,
                           uint8_t out[static RECORD_START]);
/* ERR_CHANGED: no journal, or not whole; ERR_STATE: of a later version. */
bool record_journal_decode(const uint8_t in[static RECORD_START],
                           struct record_journal *journal,
                           struct error *err) MUST_USE;

/* The name of the file: hex digits and a NUL. */
void record_name(const uint8_t uuid[static RECORD_UUID],
                 char out[static RECORD_NAME + 1]);

/* --- records -------------------------------------------------------------- */

struct record {
	uint16_t type, flags;
	uint64_t seq;    /* from 1, without a gap */
	uint64_t off;    /* where it stands in the file */
	uint64_t synced; /* the file was durable up to here when it was made */
	uint32_t len;    /* of the payload */
	uint32_t group;
	uint32_t prev; /* chain: `crc` of the record before */
	uint32_t time; /* s since the journal was created */
	uint32_t crc;  /* of the payload; also the chain's next link */
};

/* Bytes of a record of this payload, with head and padding. */
size_t record_size(uint32_t len);

/* The chain's first link, and where the CRC of each head begins: `start`. */
uint32_t record_chain(uint64_t salt);

/* Write the head of a record whose payload is known; fills in record->crc. */
void record_head_encode(struct record *record, uint32_t start,
                        const void *payload, uint8_t out[static RECORD_HEAD]);

/* Is this a head that stands at `off` of a journal (F2)? */
bool record_head_decode(const uint8_t in[static RECORD_HEAD], uint32_t start,
                        uint64_t off, struct record *record) MUST_USE;

/* Is that its payload (F3)? `record` comes from record_head_decode() of
   `in`. */
bool record_payload_is(const uint8_t in[static RECORD_HEAD],
                       const struct record *record,
                       const void *payload) MUST_USE;

/* May it follow `before`, or come first when that is NULL (F4)? */
bool record_follows(const struct record *record, const struct record *before,
                    uint64_t salt) MUST_USE;

/* Does the payload say something that can be (F5)? Afterwards every reader
   below succeeds on it. */
bool record_payload_valid(const struct record *record,
                          const uint8_t *payload) MUST_USE;

/* The foot: the last bytes of a closed journal say where its trailer is. */
void record_foot_encode(uint64_t trailer, uint64_t salt,
                        uint8_t out[static RECORD_FOOT]);
bool record_foot_decode(const uint8_t in[static RECORD_FOOT], uint64_t salt,
                        uint64_t *trailer) MUST_USE;

/* --- writing payloads ----------------------------------------------------- */

/* Bytes that grow. Starts zeroed; owned. */
struct record_buffer {
	uint8_t *bytes;
	size_t len, cap;
};

void record_buffer_free(struct record_buffer *buf);
/* Room for n more bytes, so that as many can be put without failing.
   ERR_NOMEM. */
bool record_reserve(struct record_buffer *buf, size_t n,
                    struct error *err) MUST_USE;
bool record_put(struct record_buffer *buf, const void *bytes, size_t len,
                struct error *err) MUST_USE;

enum record_kind {
	RECORD_FILE_REGULAR = 1,
	RECORD_FILE_DEVICE,
	RECORD_FILE_URI,
};

/* A document's identity: its file as it was, its number in this journal. */
struct record_file {
	uint32_t file; /* from 1 */
	enum record_kind kind;
	uint64_t dev, ino, size;
	int64_t mtime, ctime;
	const char *path; /* absolute, or the URI; path_len bytes, no NUL */
	size_t path_len;
};

bool record_put_file(struct record_buffer *buf, const struct record_file *file,
                     struct error *err) MUST_USE;

struct record_sample {
	uint64_t off;
	uint32_t len, crc; /* CRC32C of the bytes of the base there */
};

bool record_put_samples(struct record_buffer *buf, uint32_t file,
                        const struct record_sample *samples, uint32_t count,
                        struct error *err) MUST_USE;

enum record_piece_kind {
	RECORD_PIECE_EDITED = 1, /* removed: it was none of the base */
	RECORD_PIECE_BASE,       /* of the document's own base */
	RECORD_PIECE_STORE,      /* added: bytes of this journal */
	RECORD_PIECE_FILL,       /* added: a pattern, repeated */
	RECORD_PIECE_RANDOM,     /* added: the stream of a key */
	RECORD_PIECE_MOVED,      /* added: of the base, and not where it was */
};

/* What is known of removed bytes of the base. */
enum record_old {
	RECORD_OLD_UNKNOWN,
	RECORD_OLD_CRC,
	RECORD_OLD_BYTES, /* at most RECORD_OLD_MAX */
};

struct record_piece {
	enum record_piece_kind kind;
	uint64_t len; /* > 0 */
	uint64_t off; /* BASE: in the base; STORE: in the journal; FILL, RANDOM:
	                 position in the pattern or stream */
	enum record_old old;
	uint32_t crc;         /* with RECORD_OLD_CRC */
	uint32_t period;      /* of FILL: bytes of the pattern; off is less */
	const uint8_t *bytes; /* OLD_BYTES: len of them; FILL: the pattern;
	                         RANDOM: RECORD_KEY bytes; borrowed */
};

/*
 * A change: at `off` of the document, the removed pieces in their order give
 * way to the added ones. Offsets are those of the document as the changes
 * before have left it.
 */
struct record_change {
	uint32_t file;
	uint64_t off;
	uint64_t removed, added;             /* bytes: sums of the pieces */
	uint32_t removed_count, added_count; /* pieces */
	uint64_t from, to; /* bytes of the journal that it adds are in here;
	                      from > to: there are none */
};

/* The change's head; its pieces must follow, removed ones first. What comes of
   the pieces is not written. ERR_NOMEM. */
bool record_put_change(struct record_buffer *buf,
                       const struct record_change *change,
                       struct error *err) MUST_USE;
bool record_put_piece(struct record_buffer *buf,
                      const struct record_piece *piece,
                      struct error *err) MUST_USE;

/* The most bytes that these two put. */
enum { RECORD_CHANGE_ROOM = 40 };
size_t record_piece_room(const struct record_piece *piece);

/* REMARK: a text about a group of the journal `uuid`, which takes no more
   notes. Of several for one group the one with the latest time counts. */
enum { RECORD_REMARK_HEAD = RECORD_UUID + 12 };
struct record_remark {
	uint8_t uuid[RECORD_UUID];
	uint32_t group;
	int64_t time;     /* ns since the epoch */
	const char *text; /* borrowed; no NUL */
	size_t text_len;
};
void record_remark_encode(const struct record_remark *remark,
                          uint8_t out[static RECORD_REMARK_HEAD]);
void record_remark_decode(const uint8_t *payload, size_t len,
                          struct record_remark *remark);

/* --- reading payloads that are valid -------------------------------------- */

bool record_get_file(const uint8_t *payload, size_t len,
                     struct record_file *file) MUST_USE;

uint32_t record_get_number(const uint8_t *payload); /* UNDO, REDO, NOTE */

/* What remains to be read of a payload. */
struct record_cursor {
	const uint8_t *at, *end;
	uint32_t count; /* items left */
};

/* CHANGES begin with a u32 length of the store's bytes, a u32 count of
   changes, and those bytes. */
enum { RECORD_CHANGES_HEAD = 8 };
void record_changes_head(uint8_t out[static RECORD_CHANGES_HEAD],
                         uint32_t bytes, uint32_t count);

/* The store's bytes of a CHANGES payload, and a cursor to its changes. */
const uint8_t *record_changes(const uint8_t *payload, size_t len, size_t *bytes,
                              struct record_cursor *cursor);
/* The next change, or false at the end. `pieces` is set to its pieces, removed
   ones first, and must be used for record_next_piece() only. */
bool record_next_change(struct record_cursor *cursor,
                        struct record_change *change,
                        struct record_cursor *pieces);
bool record_next_piece(struct record_cursor *pieces,
                       struct record_piece *piece);
/* The same without a look at the pieces: what comes of them is not set. When
   some of them have been read, go on behind the rest. */
bool record_open_change(const struct record_cursor *cursor,
                        struct record_change *change,
                        struct record_cursor *pieces);
void record_close_change(struct record_cursor *cursor,
                         struct record_cursor *pieces);

/*
 * Of a payload that was not verified: a cursor to its changes, false if there
 * can be none. When record_next_change() has come to an end, the payload is
 * valid if that was the end of it.
 */
bool record_changes_begin(const uint8_t *payload, size_t len,
                          struct record_cursor *cursor) MUST_USE;
bool record_changes_end(const struct record_cursor *cursor) MUST_USE;

/* SAMPLES: the file, and a cursor for record_next_sample(). */
uint32_t record_samples(const uint8_t *payload, size_t len,
                        struct record_cursor *cursor);
bool record_next_sample(struct record_cursor *cursor,
                        struct record_sample *sample);

/* RELEASED and ORIGIN (behind its uuid): a cursor over numbers of files. */
void record_numbers(const uint8_t *payload, size_t len,
                    struct record_cursor *cursor);
bool record_next_number(struct record_cursor *cursor, uint32_t *n);

/* END and TRAILER: times in ns of the first and last group, the number of
   groups, and a cursor for record_next_file(). */
enum { RECORD_FILES_HEAD = 24 };
struct record_files {
	int64_t first, last;
	uint32_t groups, count;
};
void record_files_encode(const struct record_files *files,
                         uint8_t out[static RECORD_FILES_HEAD]);
void record_files(const uint8_t *payload, size_t len,
                  struct record_files *files, struct record_cursor *cursor);
bool record_next_file(struct record_cursor *cursor, struct record_file *file);

/* --- flushes -------------------------------------------------------------- */

/* BEGIN has the number of the flush and of its targets, COMMIT all of it. */
enum { RECORD_FLUSH_BEGIN_LEN = 8, RECORD_FLUSH_COMMIT_LEN = 24 };
struct record_flush {
	uint32_t flush; /* from 1 in each journal */
	uint32_t targets;
	uint64_t ranges, bytes; /* of all images */
};
void record_flush_encode(const struct record_flush *flush,
                         uint8_t out[static RECORD_FLUSH_COMMIT_LEN]);
/* `len`: of a valid payload of either. */
void record_flush_decode(const uint8_t *payload, size_t len,
                         struct record_flush *flush);

enum record_over {
	RECORD_OVER_DONE = 1, /* the targets' changes do not wait any more */
	RECORD_OVER_UNDONE,   /* every target is as it was */
};
enum { RECORD_OVER_LEN = 8 };
void record_over_encode(uint32_t flush, enum record_over over,
                        uint8_t out[static RECORD_OVER_LEN]);
uint32_t record_over_decode(const uint8_t *payload, enum record_over *over);

/* TEMP: the file of that number, beside the document. */
enum { RECORD_TEMP_LEN = 8 };
struct record_temp {
	uint32_t file;
	uint32_t number;
};
void record_temp_encode(const struct record_temp *temp,
                        uint8_t out[static RECORD_TEMP_LEN]);
struct record_temp record_temp_decode(const uint8_t *payload);

/* EXCHANGE: the temporary file that gets the name of the target, which gets the
   name of that. */
enum { RECORD_EXCHANGE_LEN = 32 };
struct record_exchange {
	struct record_temp temp;
	uint64_t ino, size;
	int64_t mtime;
};
void record_exchange_encode(const struct record_exchange *exchange,
                            uint8_t out[static RECORD_EXCHANGE_LEN]);
struct record_exchange record_exchange_decode(const uint8_t *payload);

/*
 * IMAGES: a head, the list of ranges, the old bytes of all, the new bytes of
 * all. Ranges go up within the record and do not overlap. BLIND has no old
 * bytes: nobody knows them. GONE has no new ones: nothing takes their place.
 */
enum { RECORD_IMAGES_HEAD = 12, RECORD_RANGE_ROOM = 18 };
void record_images_head(uint8_t out[static RECORD_IMAGES_HEAD], uint32_t file,
                        uint32_t count, uint32_t list);
/* `gap`: how far it begins behind the end of the one before it. */
bool record_put_range(struct record_buffer *list, uint64_t gap, uint64_t len,
                      struct error *err) MUST_USE;

struct record_range {
	uint64_t off, len;
	const uint8_t *old, *new_; /* len bytes each; borrowed; old is NULL of
	                              BLIND, new_ of GONE */
};

struct record_images {
	uint32_t file;
	uint64_t bytes; /* of all ranges */
	struct record_cursor list;
	uint64_t end; /* of the last range that was read */
	const uint8_t *old, *new_;
};
/* Is it a record of images, of what is written in place? */
bool record_has_images(const struct record *record);
/* False if the payload, of IMAGES, BLIND or GONE, says what cannot be. */
bool record_images(uint16_t type, const uint8_t *payload, size_t len,
                   struct record_images *images) MUST_USE;
bool record_next_range(struct record_images *images,
                       struct record_range *range) MUST_USE;

#ifdef TEST_HOOKS
/* Leave out parts of the protocol, to see that the simulator notices. Bits. */
enum {
	RECORD_BREAK_CRC = 1,
	RECORD_BREAK_SALT = 2,
	RECORD_BREAK_CHAIN = 4,
	RECORD_BREAK_OFFSET = 8,
};
void record_break(unsigned bits);
#endif

#endif
