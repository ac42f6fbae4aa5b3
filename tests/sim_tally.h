/*
 * sim_tally.h - what the crash simulators share: counts and faults
 *
 * A scenario is run from a seed, again and again, with the power cut at each
 * step or a call failing; who looks at what is left counts states, and says
 * what must not be. sim_explore_all() does so until there are enough.
 */
#ifndef TESTS_SIM_TALLY_H
#define TESTS_SIM_TALLY_H

#include "base/base.h"
#include "tests/sim_disk.h"

struct sim_tally {
	uint64_t seed;    /* of the scenario */
	const char *what; /* is done to it */
	size_t states, violations, nested;
	bool quiet;
};
extern struct sim_tally sim_tally;

/* Run a scenario in all ways; `most` as of sim_states(). */
typedef void sim_everywhere(uint64_t seed, size_t most);

/* The seed that tests begin with; taken from random_seed(). */
uint64_t sim_first_seed(void);

void sim_tally_reset(bool quiet);
void sim_tally_print(const char *what);
void sim_violation(const char *why);

/* Until there were `least` states, without a violation. */
void sim_explore_all(const char *what, sim_everywhere *everywhere, size_t most,
                     size_t least);
/* Until there is a violation, in a million states at most. */
void sim_search(const char *what, uint64_t seed, sim_everywhere *crashes,
                sim_everywhere *faults, bool once);

/* A call fails like this. */
struct sim_failing {
	enum sim_fault fault;
	int errnum;
	bool sticky;
	enum sim_lost lost;
};
enum { SIM_FAILINGS = 13 };
extern const struct sim_failing sim_failings[SIM_FAILINGS];

/* Let each call of a run fail in each way: `count` runs it without a fault and
   says how many calls there are, `once` with the fault set. */
void sim_fail_each(uint64_t seed, size_t most, size_t (*count)(uint64_t seed),
                   void (*once)(uint64_t seed, const struct sim_failing *f,
                                size_t call, size_t most));

#endif
