/*
 * recover_history.c - telling what is only history: see recover.h
 *
 * Closed journals are many and long, and a start has no use for them. Their
 * last bytes lead to the trailer, and the trailer says how much was durable
 * before it; only what comes between is read.
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
 * yet when it was written: a crash may have left the last part without some
 * that comes before.
 */
static bool ends_whole(struct recover *rec, int64_t *time, struct error *err)
{
	struct record record = { .type = 0 };
	struct record_cursor cursor;
	struct record_files files;
	const uint8_t *payload;
	uint64_t trailer, off;
	bool failed, met = false;

	if (rec->size < RECORD_START + RECORD_HEAD + RECORD_FOOT ||
	    !recover_read_head(rec, err) || rec->kind == RECOVER_UNREADABLE)
		return false;
	trailer = find_trailer(rec, &failed, err);
	if (trailer == 0)
		return false;
	payload = recover_record(rec, trailer, &record, &failed, err);
	if (!payload || record.type != RECORD_TRAILER ||
	    record.synced > trailer || !record_payload_valid(&record, payload))
		return false;
	record_files(payload, record.len, &files, &cursor);
	*time = files.last;
	off = record.synced > RECORD_START ? record.synced : RECORD_START;
	for (; off < rec->size - RECORD_FOOT; off += record_size(record.len)) {
		met = met || off == trailer;
		if (!recover_record(rec, off, &record, &failed, err))
			return false;
	}
	return met && off == rec->size - RECORD_FOOT;
}

bool recover_is_history(const struct folder *folder, const char *name)
{
	struct error ignored;
	int64_t time;

	return recover_is_closed(folder, name, &time, &ignored);
}

bool recover_is_closed(const struct folder *folder, const char *name,
                       int64_t *time, struct error *err)
{
	struct recover rec = { .folder = folder, .fd = -1 };
	struct sys_stat st;
	bool is = false;

	err->code = ERR_NONE;
	rec.name = mem_strdup(name, err);
	if (rec.name &&
	    folder_open_file(folder, name, SYS_READ, &rec.fd, err)) {
		if (folder->sys->fstat(rec.fd, &st) >= 0) {
			rec.size = st.size;
			is = ends_whole(&rec, time, err);
		}
		(void)folder->sys->close(rec.fd);
	}
	mem_free(rec.name);
	mem_free(rec.window.bytes);
	return is;
}
