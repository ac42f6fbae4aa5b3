/*
 * sim_disk.h - a disk that forgets what was not synced
 *
 * A simulated folder of files behind the table of system calls. What a program
 * sees is the cache; below it is the disk, to which a write is brought sector
 * by sector, in any order or not at all, until a sync. So are truncations, and
 * new, moved, exchanged and removed names, each for itself, until a sync of the
 * folder; times of writing are lost without one that is not only of data.
 * sim_states() gives the disks that a power cut may leave, all or a sample.
 *
 * Sectors have 32 bytes, so that everything tears; 512 in the first 4096.
 *
 * There is one disk in use at a time, and one thread.
 */
#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include "base/base.h"
#include "base/sys.h"

struct sim;

/* The folder that every disk has. */
#define SIM_FOLDER "/state/journal"

extern const struct sys sim_sys;

struct sim *sim_new(void);
void sim_free(struct sim *sim);
struct sim *sim_clone(const struct sim *sim);
/* The disk that sim_sys works on. */
void sim_use(struct sim *sim);

/* Put a file beside the folder, as /NAME, durable; returns its inode. */
uint64_t sim_put(struct sim *sim, const char *name, const void *bytes,
                 size_t len);
/* What programs see of it. */
const uint8_t *sim_get(const struct sim *sim, const char *name, size_t *len);
/* Is there a name that ends like this? */
bool sim_has(const struct sim *sim, const char *end);

/* A program ends: its descriptors and locks are gone, its writes are not. */
void sim_kill(struct sim *sim);

/* Seed of the random bytes that sim_sys gives. */
void sim_seed(uint64_t seed);

/* Calls since sim_count_from_0(); those that change something, and all. */
void sim_count_from_0(void);
size_t sim_steps(void);
size_t sim_calls(void);

/* The power is cut at this step: it and all later ones do nothing. SIZE_MAX:
   never. */
void sim_crash_at(size_t step);
bool sim_crashed(void);

enum sim_fault {
	SIM_FAULT_ERROR,
	SIM_FAULT_SHORT,      /* half of what is written or read */
	SIM_FAULT_SHORT_FULL, /* half of it, then ENOSPC for ever */
};

/* Call number `call` fails, and if `sticky` all later ones of its kind. */
void sim_fail_at(size_t call, enum sim_fault fault, int errnum, bool sticky);
void sim_fail_never(void);
bool sim_failed(void);

/* What a failed sync does with what was to be written. */
enum sim_lost {
	SIM_LOST_CLEAN, /* it stays in the cache, and is never written */
	SIM_LOST_GONE,  /* the cache shows what the disk has */
	SIM_LOST_KEPT,  /* it waits for the next sync */
};
void sim_sync_loses(enum sim_lost lost);
/* Did a sync fail? */
bool sim_sync_failed(void);

/* What is in parts of a file that were never written. */
enum sim_fill {
	SIM_FILL_ZERO,
	SIM_FILL_JUNK,
	SIM_FILL_STALE, /* bytes of sim_stale() */
};
/* Take the longest file of this disk for what lay on the disk before. */
void sim_stale(const struct sim *sim);

/*
 * Call `each` with disks that a power cut may leave, at most about 4 * most of
 * them: all if there are few writes; else with nothing written, with all, all
 * but one, one, the first ones, and random ones. Each is freed afterwards.
 * Returns how many there were.
 */
size_t sim_states(const struct sim *sim, size_t most, enum sim_fill fill,
                  uint64_t *seed, void (*each)(struct sim *sim, void *arg),
                  void *arg);
/* One of them, owned by the caller. */
struct sim *sim_random_state(const struct sim *sim, enum sim_fill fill,
                             uint64_t *seed);

/* Flip a bit of the longest file, or of this one. */
void sim_flip(struct sim *sim, uint64_t bit);
void sim_flip_in(struct sim *sim, const char *name, uint64_t bit);
uint64_t sim_longest(const struct sim *sim);

#endif
