/*
 * recover_history.c - telling what is only history: see recover.h
 *
 * Closed journals are many and long, and a start has no use for them. Their last
 * bytes lead to the trailer, and the trailer says how much was durable before
 * it; only what comes between is read.
 */
#include "config.h"

#include "keep/recover.h"

#include "base/mem.h"
#include "keep/disk.h"
#include "keep/recover_impl.h"

/* Where the foot says that the trailer begins; 0: there is none. */
static uint64_t find_trailer(struct recover *rec, bool *failed,
                             struct error *err)
{
	uint64_t foot = rec->size - RECORD_FOOT, trailer;
	const uint8_t *at = recover_bytes(rec, foot, RECORD_FOOT, failed, err);

	if (at && record_foot_decode(at, rec->head.salt, &trailer) &&
	    trailer >= RECORD_START && trailer < foot)
		return trailer;
	return 0;
}

/*
 * The trailer is there, and whole, and so is all before it that was not durable
 * yet when it was written: a crash may have left the last part without some that
 * comes before.
 */
static bool ends_whole(struct recover *rec, int64_t *time)
{
	struct record record = { .type = 0 };
	struct record_cursor cursor;
	struct record_files files;
	const uint8_t *payload;
	struct error ignored;
	uint64_t trailer, off;
	bool failed, met = false;

	if (rec->size < RECORD_START + RECORD_HEAD + RECORD_FOOT ||
	    !recover_read_head(rec, &ignored) ||
	    rec->kind == RECOVER_UNREADABLE)
		return false;
	trailer = find_trailer(rec, &failed, &ignored);
	if (trailer == 0)
		return false;
	payload = recover_record(rec, trailer, &record, &failed, &ignored);
	if (!payload || record.type != RECORD_TRAILER ||
	    record.synced > trailer || !record_payload_valid(&record, payload))
		return false;
	record_files(payload, record.len, &files, &cursor);
	*time = files.last;
	off = record.synced > RECORD_START ? record.synced : RECORD_START;
	for (; off < rec->size - RECORD_FOOT; off += record_size(record.len)) {
		met = met || off == trailer;
		if (!recover_record(rec, off, &record, &failed, &ignored))
			return false;
	}
	return met && off == rec->size - RECORD_FOOT;
}

bool recover_is_history(const struct folder *folder, const char *name)
{
	int64_t ignored;

	return recover_is_closed(folder, name, &ignored);
}

bool recover_is_closed(const struct folder *folder, const char *name,
                       int64_t *time)
{
	struct recover rec = { .folder = folder, .fd = -1 };
	struct error ignored;
	struct sys_stat st;
	bool is = false;

	rec.name = mem_strdup(name, &ignored);
	if (rec.name &&
	    folder_open_file(folder, name, SYS_READ, &rec.fd, &ignored)) {
		if (folder->sys->fstat(rec.fd, &st) >= 0) {
			rec.size = st.size;
			is = ends_whole(&rec, time);
		}
		(void)folder->sys->close(rec.fd);
	}
	mem_free(rec.name);
	mem_free(rec.window.bytes);
	return is;
}
