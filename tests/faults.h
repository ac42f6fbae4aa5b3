/*
 * faults.h - a table of system calls that counts, fails and cuts short
 *
 * faults_sys does what sys_real does, and counts. A test may let one call fail,
 * or the reads of some bytes, or be the last one of this process.
 *
 * Threads: the calls may run in any; the settings belong to the test's own,
 * while no other makes calls.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include "base/base.h"
#include "base/sys.h"

enum fault_call {
	FAULT_OPEN,
	FAULT_CLOSE,
	FAULT_STAT,
	FAULT_FSTAT,
	FAULT_ACCESS,
	FAULT_PREAD,
	FAULT_NOWAIT,
	FAULT_SEEK,
	FAULT_MAP,
	FAULT_UNMAP,
	FAULT_ADVISE,
	FAULT_READ,
	FAULT_WRITE,
	FAULT_TEMPORARY,
	FAULT_CWD,
	FAULT_DEVICE_SIZE,
	FAULT_MAKE_FOLDER,
	FAULT_RENAME_IN,
	FAULT_UNLINK_IN,
	FAULT_LIST,
	FAULT_PWRITE,
	FAULT_SYNC_DATA,
	FAULT_TRUNCATE,
	FAULT_LOCK,
	FAULT_IN_MEMORY,
	FAULT_IS_LOCKED,
	FAULT_IS_READ_ONLY,
	FAULT_FORGET,
	FAULT_RANDOM,
	FAULT_RENAME,
	FAULT_RENAME_NEW,
	FAULT_UNLINK,
	FAULT_SYNC,
	FAULT_CLONE,
	FAULT_RESOLVE,
	FAULT_STAT_IN,
	FAULT_EXCHANGE_IN,
	FAULT_COPY,
	FAULT_SET_OWNER,
	FAULT_SET_MODE,
	FAULT_ATTRIBUTES,
	FAULT_GET_ATTRIBUTE,
	FAULT_SET_ATTRIBUTE,
	FAULT_DROP_ATTRIBUTE,
	FAULT_FLAGS,
	FAULT_SET_FLAGS,
	FAULT_CALLS,
};

extern const struct sys faults_sys;

/* Nothing fails any more, all counts are 0. Open descriptors and maps are
   still counted. */
void faults_reset(void);

/* Calls since then. */
size_t faults_count(enum fault_call call);

/* Let the calls [first, first + n) from now on, counted from 0, fail. */
void faults_fail(enum fault_call call, size_t first, size_t n, int errnum);

/* Did it come to that? */
bool faults_happened(void);

/* Let the pread number `nth` from now on return at most len bytes. */
void faults_cut(size_t nth, size_t len);

/* The same of pwrite. */
void faults_cut_write(size_t nth, size_t len);

/* Let the call number `nth` from now on wait, before it is made, until it is
   released: once. The other waits until it has come to that. */
void faults_hold(enum fault_call call, size_t nth);
void faults_await_held(void);
void faults_release(void);

/* Calls of any kind since the reset. */
size_t faults_total(void);

/* Let this process be killed at the call number `nth` from now on, of any kind,
   before it is made; `torn`: one that writes has written half by then. */
void faults_kill(size_t nth, bool torn);

/* Calls that are made meanwhile are not counted and do not fail. */
void faults_pause(bool pause);

/* Syncs are counted but not made: for what is about kills, not about power. */
void faults_skip_syncs(void);

/* Let every pread return 0. */
void faults_give_nothing(void);

/* Let reads that touch [off, off + len) of any file fail with EIO. Those that
   begin before it are cut short there if `prefix`, else fail as well. At most
   8 such ranges. */
void faults_bad(uint64_t off, uint64_t len, bool prefix);

/* Let clone work as in a file system that can share blocks, by copying them;
   how many bytes there were since the reset. */
void faults_share(bool on);
uint64_t faults_shared(void);

/* Opened and not closed by now, and the most there were since the reset. */
size_t faults_descriptors(void);
size_t faults_descriptors_most(void);
size_t faults_maps(void);
size_t faults_maps_most(void);

#endif
