/* flush_temps.c - the files of a flush that take the place of others */
#include "config.h"

#include "keep/flush_impl.h"

#include "base/error.h"
#include "base/sys.h"
#include "keep/exchange.h"
#include "keep/flush.h"
#include "keep/journal.h"
#include "keep/temp.h"

/* The parts of a file, counted as they go by. */
struct counting {
	struct flush *flush;
	struct flush_target *target;
	uint64_t kept; /* where the last part that is kept ends */
	bool differs;  /* the last part is not kept */
};

static void count_part(struct counting *c, const struct temp_part *part)
{
	bool gap = part->kept && part->off != c->kept;

	c->flush->ranges += (gap || !part->kept) && !c->differs;
	if (part->kept)
		c->kept = part->off + part->len;
	else
		c->flush->bytes += part->len;
	c->differs = !part->kept;
}

static bool next_part(void *ctx, struct temp_part *part)
{
	struct counting *c = ctx;
	struct temp_part end = { .off = c->target->to.id.size, .kept = true };

	if (c->target->parts(c->target->ctx, part)) {
		count_part(c, part);
		return true;
	}
	count_part(c, &end);
	return false;
}

static bool read_part(void *ctx, uint64_t off, void *buf, size_t len,
                      struct error *err)
{
	struct counting *c = ctx;

	return c->target->read(c->target->ctx, off, buf, len, err);
}

bool flush_temps_put(struct flush *flush, struct flush_target *target, int fd,
                     struct error *err)
{
	struct counting c = { .flush = flush, .target = target };
	struct temp_plan plan = { flush->sys, next_part,    read_part,
		                  &c,         target->size, flush->job };
	uint8_t bytes[RECORD_EXCHANGE_LEN];
	struct journal_part part = { bytes, sizeof(bytes) };
	uint64_t off;

	if (!temp_make(&plan, &target->to, fd, &target->temp, err))
		return false;
	target->has_temp = true;
	record_exchange_encode(&target->to.with, bytes);
	return flush_log_put(&flush->log, RECORD_FLUSH_EXCHANGE, &part, 1, &off,
	                     err);
}

/* Give the files that are to be made their names. */
static bool name_temps(struct flush *flush, bool *any, struct error *err)
{
	*any = false;
	for (size_t i = 0; i < flush->count; i++) {
		struct flush_target *target = &flush->targets[i];
		struct record_temp temp = { .file = target->record.file };
		int res;

		target->to.exchanged = target->parts != NULL;
		if (!target->to.exchanged)
			continue;
		res = flush->sys->random(&temp.number, sizeof(temp.number));
		if (res < 0)
			return error_sys(err, -res, "random");
		target->to.with = (struct record_exchange){ .temp = temp };
		*any = true;
	}
	return true;
}

bool flush_temps_name(struct flush *flush, struct error *err)
{
	uint8_t bytes[RECORD_TEMP_LEN];
	struct journal_part part = { bytes, sizeof(bytes) };
	uint64_t off;
	bool any;

	if (!name_temps(flush, &any, err))
		return false;
	for (size_t i = 0; i < flush->count; i++) {
		if (!flush->targets[i].to.exchanged)
			continue;
		record_temp_encode(&flush->targets[i].to.with.temp, bytes);
		if (!flush_log_put(&flush->log, RECORD_TEMP, &part, 1, &off,
		                   err))
			return false;
	}
	return !any || (flush_log_commit(&flush->log, err) &&
	                flush_log_sync(&flush->log, err));
}

void flush_temps_drop(struct flush *flush)
{
	struct error ignored;

	for (size_t i = 0; i < flush->count; i++) {
		struct flush_target *target = &flush->targets[i];
		struct sys_stat made = { 0 };

		if (!target->has_temp)
			continue;
		if (flush->sys->fstat(target->temp, &made) == 0)
			(void)!exchange_drop(flush->sys, target->to.path,
			                     target->to.with.temp.number, &made,
			                     &ignored);
		(void)flush->sys->close(target->temp);
		target->has_temp = false;
	}
}
