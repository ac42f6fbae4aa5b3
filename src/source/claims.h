/*
 * claims.h - who else has the bytes of a file or a device
 *
 * What the system uses, because it is mounted, swapped to or a part of another
 * device, claims where that lies (claim.h).
 *
 * Read from /proc and /sys; where these do not tell, nothing is claimed.
 *
 * Threads: any number of readers of what is made.
 */
#ifndef SOURCE_CLAIMS_H
#define SOURCE_CLAIMS_H

#include "base/base.h"
#include "source/claim.h"

struct error;
struct sys;

/* What the system uses now. */
struct claims;

/* ERR_NOMEM. Blocks. */
struct claims *claims_read(const struct sys *sys, struct error *err) MUST_USE;
void claims_free(struct claims *claims); /* NULL is allowed */

/*
 * Who uses bytes of `claim`: "is mounted on /mnt (/dev/sda1)", or NULL.
 * *lightly: only a loop device, which nobody uses as far as is known.
 * O(what the system uses).
 */
const char *claims_find(const struct claims *claims, const struct claim *claim,
                        bool *lightly);

#endif
