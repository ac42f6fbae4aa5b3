/*
 * record.c - see record.h
 *
 * Every record's head can be verified alone, before its length is believed; the
 * payload's CRC continues the head's, so that a payload cannot be taken for
 * another record's. Each record carries the CRC of the one before, which no
 * left-over record can have, and the offset up to which the file was durable:
 * a bad record below that mark is damage, above it a torn tail. All CRCs start
 * from the journal's own random salt. The payloads are in record_payload.c.
 */
#include "config.h"

#include "keep/record.h"

#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

enum { FORMAT = 1 };

static const uint8_t journal_magic[8] = { 0x89, 'H',  'X',  'J',
	                                  '\r', '\n', 0x1a, '\n' };
static const uint8_t record_magic[4] = { 'H', 'X', 'R', '1' };
static const uint8_t foot_magic[4] = { 'H', 'X', 'J', 'E' };

#ifdef TEST_HOOKS
static unsigned broken;

void record_break(unsigned bits)
{
	broken = bits;
}

static bool works(unsigned part)
{
	return !(broken & part);
}
#else
enum {
	RECORD_BREAK_CRC,
	RECORD_BREAK_SALT,
	RECORD_BREAK_CHAIN,
	RECORD_BREAK_OFFSET,
};

static bool works(unsigned part)
{
	(void)part;
	return true;
}
#endif

uint32_t record_chain(uint64_t salt)
{
	uint8_t bytes[8];

	store_le64(bytes, works(RECORD_BREAK_SALT) ? salt : 0);
	return crc32c(0, bytes, sizeof(bytes));
}

/* Texts end with a NUL in the file, too. */
static void put_text(uint8_t *out, size_t room, const char *text)
{
	size_t len = strnlen(text, room - 1);

	memcpy(out, text, len);
}

static void get_text(char *out, size_t room, const uint8_t *in)
{
	memcpy(out, in, room - 1);
	out[room - 1] = '\0';
}

void record_journal_encode(const struct record_journal *journal,
                           uint8_t out[static RECORD_START])
{
	memset(out, 0, RECORD_START);
	memcpy(out, journal_magic, sizeof(journal_magic));
	store_le32(out + 8, FORMAT);
	store_le32(out + 12, RECORD_START);
	memcpy(out + 16, journal->uuid, RECORD_UUID);
	store_le64(out + 32, journal->salt);
	store_le64(out + 40, (uint64_t)journal->created);
	store_le32(out + 48, journal->pid);
	store_le32(out + 52, journal->uid);
	put_text(out + 56, sizeof(journal->program), journal->program);
	store_le32(out + RECORD_START - 4, crc32c(0, out, RECORD_START - 4));
}

bool record_journal_decode(const uint8_t in[static RECORD_START],
                           struct record_journal *journal, struct error *err)
{
	if (memcmp(in, journal_magic, sizeof(journal_magic)) != 0)
		return error_set(err, ERR_CHANGED, "not a journal");
	if (load_le32(in + 8) > FORMAT)
		return error_set(err, ERR_STATE,
		                 "a journal of version %u, only %u is known",
		                 load_le32(in + 8), (unsigned)FORMAT);
	if (load_le32(in + RECORD_START - 4) !=
	            crc32c(0, in, RECORD_START - 4) ||
	    load_le32(in + 8) != FORMAT || load_le32(in + 12) != RECORD_START)
		return error_set(err, ERR_CHANGED,
		                 "the journal's head is damaged");
	memcpy(journal->uuid, in + 16, RECORD_UUID);
	journal->salt = load_le64(in + 32);
	journal->created = (int64_t)load_le64(in + 40);
	journal->pid = load_le32(in + 48);
	journal->uid = load_le32(in + 52);
	get_text(journal->program, sizeof(journal->program), in + 56);
	return true;
}

void record_name(const uint8_t uuid[static RECORD_UUID],
                 char out[static RECORD_NAME + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < RECORD_UUID; i++) {
		out[2 * i] = digits[uuid[i] >> 4];
		out[2 * i + 1] = digits[uuid[i] & 15];
	}
	out[RECORD_NAME] = '\0';
}

size_t record_size(uint32_t len)
{
	return RECORD_HEAD + (((size_t)len + 7) & ~(size_t)7);
}

void record_head_encode(struct record *record, uint32_t start,
                        const void *payload, uint8_t out[static RECORD_HEAD])
{
	uint32_t crc;

	memcpy(out, record_magic, sizeof(record_magic));
	store_le16(out + 4, record->type);
	store_le16(out + 6, record->flags);
	store_le64(out + 8, record->seq);
	store_le64(out + 16, record->off);
	store_le64(out + 24, record->synced);
	store_le32(out + 32, record->len);
	store_le32(out + 36, record->group);
	store_le32(out + 40, record->prev);
	store_le32(out + 44, record->time);
	crc = crc32c(start, out, 48);
	store_le32(out + 48, crc);
	record->crc = crc32c(crc, payload, record->len);
	store_le32(out + 52, record->crc);
}

bool record_head_decode(const uint8_t in[static RECORD_HEAD], uint32_t start,
                        uint64_t off, struct record *record)
{
	if (memcmp(in, record_magic, sizeof(record_magic)) != 0)
		return false;
	if (works(RECORD_BREAK_CRC) &&
	    load_le32(in + 48) != crc32c(start, in, 48))
		return false;
	record->type = load_le16(in + 4);
	record->flags = load_le16(in + 6);
	record->seq = load_le64(in + 8);
	record->off = load_le64(in + 16);
	record->synced = load_le64(in + 24);
	record->len = load_le32(in + 32);
	record->group = load_le32(in + 36);
	record->prev = load_le32(in + 40);
	record->time = load_le32(in + 44);
	record->crc = load_le32(in + 52);
	if (!works(RECORD_BREAK_OFFSET))
		record->off = off;
	return record->off == off && record->len <= RECORD_MAX &&
	       record->synced <= off;
}

bool record_payload_is(const uint8_t in[static RECORD_HEAD],
                       const struct record *record, const void *payload)
{
	return !works(RECORD_BREAK_CRC) ||
	       crc32c(load_le32(in + 48), payload, record->len) == record->crc;
}

/* Groups are numbered from 1 without a gap; all records of one are together,
   and END and the trailer are the last. */
bool record_follows(const struct record *record, const struct record *before,
                    uint64_t salt)
{
	uint32_t group = 1;

	if (before)
		group = before->flags & RECORD_LAST ? before->group + 1
		                                    : before->group;
	if (record->seq != (before ? before->seq + 1 : 1) ||
	    record->group != group || group == 0)
		return false;
	return !works(RECORD_BREAK_CHAIN) ||
	       record->prev == (before ? before->crc : record_chain(salt));
}

void record_foot_encode(uint64_t trailer, uint64_t salt,
                        uint8_t out[static RECORD_FOOT])
{
	store_le64(out, trailer);
	memcpy(out + 8, foot_magic, sizeof(foot_magic));
	store_le32(out + 12, crc32c(record_chain(salt), out, 12));
}

bool record_foot_decode(const uint8_t in[static RECORD_FOOT], uint64_t salt,
                        uint64_t *trailer)
{
	if (memcmp(in + 8, foot_magic, sizeof(foot_magic)) != 0 ||
	    load_le32(in + 12) != crc32c(record_chain(salt), in, 12))
		return false;
	*trailer = load_le64(in);
	return true;
}
