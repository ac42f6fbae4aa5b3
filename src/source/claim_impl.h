/*
 * claim_impl.h - what claim.c and claims.c ask of /sys
 *
 * Threads: any.
 */
#ifndef SOURCE_CLAIM_IMPL_H
#define SOURCE_CLAIM_IMPL_H

#include "base/base.h"
#include "base/sys.h"
#include "source/identity.h"

struct claim;

enum {
	CLAIM_PATH = 4096,
	CLAIM_NAME = 256,
};

/* A device of this number has no other identity. */
static inline struct identity claim_device(uint64_t number)
{
	return (struct identity){ .ino = number };
}

static inline bool claim_is_device(const struct identity *id)
{
	return id->dev == 0;
}

/* A small file, without the newline at its end; false: it is not there. */
bool claim_read_line(const struct sys *sys, const char *path, char *buf,
                     size_t room);

/* A device's number as /sys writes it, "8:1"; 0: it is none. */
uint64_t claim_parse_device(const char *text);

/* What is at a path, if it is a file or a device that bytes can lie in. */
bool claim_find(const struct sys *sys, const char *path, struct identity *id);

/* The names in a folder; none if it is not there. */
void claim_list(const struct sys *sys, const char *folder, sys_each *each,
                void *arg);

/* Does it lie on, or is it, this one? */
bool claim_lies_on(const struct claim *claim, const struct identity *id);

#endif
