/*
 * peers.h - programs in C that do with a file what hexspan does
 *
 * Each maps the file as a whole and is a process of its own, from exec to exit
 * like all that is measured beside it: this program, started anew with other
 * arguments.
 *
 * Threads: each program has one of its own.
 */
#ifndef TESTS_BENCH_PEERS_H
#define TESTS_BENCH_PEERS_H

#include "base/base.h"
#include "tests/bench/programs.h"

/* If this process was started as a peer, be it and exit. Call this first. */
void peers_serve(int argc, char **argv);

/* Load every byte and do next to nothing. */
struct spent peer_touch(const char *path);
/* The same in one or two threads, which fetch ahead as hexspan does: what the
   machine can do. */
struct spent peer_load(const char *path, size_t threads);
/* Find the bytes again and again. */
struct spent peer_memmem(const char *path, const char *bytes, size_t len);
/* Count the matches; .number is how many they are. */
struct spent peer_pcre2(const char *path, const char *regex);

#endif
