/*
 * hash.h - what hash and verify share: the jobs that hash
 *
 * Threads: the engine thread, unless a function says otherwise.
 */
#ifndef COMMAND_HASH_H
#define COMMAND_HASH_H

#include "base/base.h"

struct context;
struct hashing;
struct job;

/* The jobs that help one that runs. Starts zeroed. */
struct hash_crew {
	struct hashing *hashing; /* owned */
	struct job **helpers;    /* owned, and all of them */
	size_t count;
};

/* Start helpers, as many as are of use and can be had: `workers` are those that
   the plan of the hashing has. */
void hash_crew_start(struct context *ctx, struct hash_crew *crew,
                     size_t workers);
/* Its job has ended, or never began. */
void hash_crew_end(struct hash_crew *crew);

#endif
