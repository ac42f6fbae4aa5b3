/*
 * patch_ips.c - IPS32 and IPS: see patch_file.h
 *
 * Numbers are big-endian. A record is an offset, of 4 bytes or 3, a length of 2
 * and the bytes; or a length of 0, how many times (2) and one byte. "EEOF", or
 * "EOF", stands where a record would begin, so that none may begin at the
 * offset that reads so: it begins a byte earlier, with the byte that is there.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "open/patch_impl.h"

enum {
	RECORD_BYTES = 65535, /* what a record can say */
	RUN = 16,             /* equal bytes that are worth a record */
};

#define IPS32_END (UINT64_C(1) << 32)

/* --- writing ------------------------------------------------------------- */

static size_t run_at(const unsigned char *v, size_t len)
{
	size_t n = 1;

	while (n < len && n < RECORD_BYTES && v[n] == v[0])
		n++;
	return n;
}

static bool put_record(struct patch_writer *w, uint64_t off,
                       const unsigned char *v, size_t len, struct error *err)
{
	unsigned char head[6];

	store_be32(head, (uint32_t)off);
	store_be16(head + 4, (uint16_t)len);
	return replace_put(&w->out, (const char *)head, 6, err) &&
	       replace_put(&w->out, (const char *)v, len, err);
}

static bool put_run(struct patch_writer *w, uint64_t off, unsigned char byte,
                    size_t len, struct error *err)
{
	unsigned char record[9] = { 0 };

	store_be32(record, (uint32_t)off);
	store_be16(record + 6, (uint16_t)len);
	record[8] = byte;
	return replace_put(&w->out, (const char *)record, 9, err);
}

/* Bytes up to a run that is worth its record. */
static size_t literal_at(const unsigned char *v, size_t len)
{
	size_t n = 0;

	while (n < len && n < RECORD_BYTES) {
		size_t run = run_at(v + n, size_min(len - n, RUN));

		if (run == RUN)
			break;
		n += run;
	}
	return size_min(n, RECORD_BYTES);
}

/* The next record of a hunk; *done goes behind it. */
static bool put_next(struct patch_writer *w, const struct patch_hunk *hunk,
                     size_t *done, struct error *err)
{
	const unsigned char *v = hunk->new + *done;
	size_t left = hunk->new_len - *done, len = run_at(v, left);
	uint64_t off = hunk->off + *done;
	unsigned char two[2];

	if (off == PATCH_IPS_END) {
		if (*done == 0 && hunk->before < 0)
			return error_set(err, ERR_STATE,
			                 "IPS32 has no record at 0x%" PRIx64
			                 ", and the byte in front has no value",
			                 off);
		two[0] = *done > 0 ? v[-1] : (unsigned char)hunk->before;
		two[1] = v[0];
		++*done;
		return put_record(w, off - 1, two, 2, err);
	}
	if (len >= RUN) {
		*done += len;
		return put_run(w, off, *v, len, err);
	}
	len = literal_at(v, left);
	*done += len;
	return put_record(w, off, v, len, err);
}

bool patch_ips_put(struct patch_writer *w, const struct patch_hunk *hunk,
                   struct error *err)
{
	bool ok = true;

	if (hunk->old_len != hunk->new_len)
		return error_set(err, ERR_STATE,
		                 "IPS32 knows no inserted or deleted bytes, "
		                 "which are at 0x%" PRIx64
		                 " (save it as hex or json)",
		                 hunk->off);
	if (hunk->off > IPS32_END || hunk->new_len > IPS32_END - hunk->off)
		return error_set(err, ERR_LIMIT,
		                 "IPS32 ends at 4 GiB, and 0x%" PRIx64
		                 " lies behind that (save it as hex or json)",
		                 u64_max(hunk->off, IPS32_END));
	for (size_t done = 0; ok && done < hunk->new_len;)
		ok = put_next(w, hunk, &done, err);
	return ok;
}

/* --- reading ------------------------------------------------------------- */

static bool truncated(struct error *err)
{
	return error_set(err, ERR_SYNTAX, "the patch ends in it");
}

/* The head of a record, or the end: *len is what it takes. */
static const unsigned char *look(struct patch_reader *r, size_t want,
                                 struct error *err)
{
	size_t got;
	const char *at = reading_look(&r->in, want, &got, err);

	if (!at)
		return NULL;
	if (got < want) {
		truncated(err);
		return NULL;
	}
	return (const unsigned char *)at;
}

/* Behind the end may stand a length to cut the file to. */
static bool read_end(struct patch_reader *r, size_t width, struct error *err)
{
	size_t got;

	reading_take(&r->in, width);
	if (!reading_look(&r->in, width + 1, &got, err))
		return false;
	if (got == 0)
		return true;
	if (got == width)
		return error_set(err, ERR_SYNTAX,
		                 "it cuts the file to a length, which is not "
		                 "done here");
	return error_set(err, ERR_SYNTAX, "bytes behind the end of the patch");
}

/* A hunk of one record; later ones may overlap it. */
static bool give(struct patch_reader *r, uint64_t off, struct error *err)
{
	struct patch_hunk hunk = {
		.off = off,
		.old_len = r->new.len,
		.new_len = r->new.len,
		.new = r->new.v,
		.before = -1,
	};

	return r->to->hunk(r->to->ctx, &hunk, err);
}

static bool read_run(struct patch_reader *r, size_t width, uint64_t off,
                     struct error *err)
{
	const unsigned char *v = look(r, width + 5, err);
	size_t len;
	unsigned char byte;

	if (!v)
		return false;
	len = load_be16(v + width + 2);
	byte = v[width + 4];
	if (len == 0)
		return error_set(err, ERR_SYNTAX, "0 times a byte");
	r->new.len = 0;
	if (!patch_append(&r->new, byte, len, err))
		return false;
	reading_take(&r->in, width + 5);
	return give(r, off, err);
}

static bool read_record(struct patch_reader *r, size_t width, bool *end,
                        struct error *err)
{
	const unsigned char *v = look(r, width, err);
	uint64_t off;
	size_t len;

	if (!v)
		return false;
	*end = memcmp(v, width == 4 ? "EEOF" : "EOF", width) == 0;
	if (*end)
		return read_end(r, width, err);
	v = look(r, width + 2, err);
	if (!v)
		return false;
	off = width == 4 ? load_be32(v) : load_be32(v) >> 8;
	len = load_be16(v + width);
	if (len == 0)
		return read_run(r, width, off, err);
	v = look(r, width + 2 + len, err);
	if (!v)
		return false;
	memcpy(r->new.v, v + width + 2, len);
	r->new.len = len;
	reading_take(&r->in, width + 2 + len);
	return give(r, off, err);
}

bool patch_ips_read(struct patch_reader *r, unsigned width, struct error *err)
{
	bool end = false;

	reading_take(&r->in, 5);
	while (!end) {
		r->records++;
		if (!read_record(r, width, &end, err))
			return false;
	}
	return true;
}
