/*
 * kernel.h - the inner loops of scan.c, one set of them for each processor
 *
 * A start is tested with probes, rarest first. A block is 32 starts in a row; a
 * stride is what a loop tests at a time. The data read are those from the first
 * start of a block up to the last start's last probe, nothing else.
 *
 * Threads: any; nothing here changes.
 */
#ifndef FIND_KERNEL_H
#define FIND_KERNEL_H

#include "base/base.h"
#include "find/byteset.h"

enum {
	KERNEL_BLOCK = 32,
	KERNEL_LANE = 16,  /* constants are repeated as far as SSE2 needs */
	KERNEL_RANGES = 4, /* of a set, for SSE2 */
};

/*
 * The test of one position, in the three forms that the kernels are good at:
 * (byte & mask) == value, if there is such a mask; a table with a row for each
 * of the byte's low halves and a bit for its high half; ranges that may wrap
 * around from ff to 00 and together hold at least the set.
 */
struct probe {
	size_t at; /* the tested byte, counted from the start */
	struct byte_set set;
	bool is_masked;
	bool is_wider; /* the ranges hold more than the set */
	unsigned ranges;
	unsigned char value[KERNEL_LANE];
	unsigned char mask[KERNEL_LANE];
	unsigned char low[KERNEL_LANE];  /* for bytes below 80 */
	unsigned char high[KERNEL_LANE]; /* for the others */
	unsigned char first[KERNEL_RANGES][KERNEL_LANE];
	unsigned char reach[KERNEL_RANGES][KERNEL_LANE]; /* last - first */
};

void probe_init(struct probe *probe, size_t at, const struct byte_set *set);

/*
 * What the loops look for in a block: a start that fits both probes; or, with
 * lane > 0, so many bytes of a's set at a multiple of lane behind a's place,
 * which every run of it has that is as long as KERNEL_RUN(lane).
 */
struct loop {
	const struct probe *a;
	const struct probe *b; /* may be a */
	size_t lane;           /* 0, 4 or 8 */
};

#define KERNEL_RUN(lane) (2 * (lane)-1)

struct kernel {
	const char *name;
	bool (*is_there)(void); /* does this processor have it? */

	/*
	 * The first of at, at + KERNEL_BLOCK, .. whose block may hold a start
	 * that fits, or one with less than a stride of starts behind it.
	 * starts: how many there are in data. at <= starts.
	 */
	size_t (*pass)(const struct loop *loop, const unsigned char *data,
	               size_t at, size_t starts);

	/* Bit i: data + i is a start that fits every probe. */
	uint32_t (*settle)(const struct probe *probe, size_t count,
	                   const unsigned char *data);
};

extern const struct kernel kernel_plain;
#ifdef __x86_64__
extern const struct kernel kernel_sse2;
extern const struct kernel kernel_avx2;
#endif

/* The best that this processor has. */
const struct kernel *kernel_best(void);

/* Does data + 0 fit every probe? */
bool probes_fit(const struct probe *probe, size_t count,
                const unsigned char *data);

#endif
