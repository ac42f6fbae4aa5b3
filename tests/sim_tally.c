/* sim_tally.c - see sim_tally.h */
#include "config.h"

#include "tests/sim_tally.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "tests/support.h"

/* Ten times what the mutation takes that is noticed least. */
enum { SEARCH_MOST = 1000000 };

struct sim_tally sim_tally;

const struct sim_failing sim_failings[SIM_FAILINGS] = {
	{ SIM_FAULT_ERROR, EIO, false, SIM_LOST_CLEAN },
	{ SIM_FAULT_ERROR, EIO, false, SIM_LOST_GONE },
	{ SIM_FAULT_ERROR, EIO, true, SIM_LOST_CLEAN },
	{ SIM_FAULT_ERROR, EIO, true, SIM_LOST_GONE },
	{ SIM_FAULT_ERROR, ENOSPC, false, SIM_LOST_KEPT },
	{ SIM_FAULT_ERROR, ENOSPC, true, SIM_LOST_CLEAN },
	{ SIM_FAULT_ERROR, EDQUOT, false, SIM_LOST_CLEAN },
	{ SIM_FAULT_ERROR, EDQUOT, true, SIM_LOST_KEPT },
	{ SIM_FAULT_ERROR, EINTR, false, SIM_LOST_KEPT },
	{ SIM_FAULT_ERROR, EINTR, true, SIM_LOST_KEPT },
	{ SIM_FAULT_SHORT, 0, false, SIM_LOST_KEPT },
	{ SIM_FAULT_SHORT, 0, true, SIM_LOST_KEPT },
	{ SIM_FAULT_SHORT_FULL, ENOSPC, true, SIM_LOST_KEPT },
};

uint64_t sim_first_seed(void)
{
	static uint64_t seed;

	if (seed == 0)
		seed = random_seed() % 1000000 + 1;
	return seed;
}

void sim_tally_reset(bool quiet)
{
	sim_tally = (struct sim_tally){ .quiet = quiet };
}

void sim_tally_print(const char *what)
{
	printf("%s: %zu states, %zu crashes of recovery, %zu violations\n",
	       what, sim_tally.states, sim_tally.nested, sim_tally.violations);
	fflush(stdout);
}

void sim_violation(const char *why)
{
	sim_tally.violations++;
	if (sim_tally.quiet || sim_tally.violations > 5)
		return;
	printf("violation: %s (%s, seed %" PRIu64 ")\n", why, sim_tally.what,
	       sim_tally.seed);
	fflush(stdout);
}

void sim_explore_all(const char *what, sim_everywhere *everywhere, size_t most,
                     size_t least)
{
	sim_tally_reset(false);
	for (uint64_t seed = sim_first_seed(); sim_tally.states < least; seed++)
		everywhere(seed, most);
	sim_tally_print(what);
	ck_assert_uint_eq(sim_tally.violations, 0);
}

void sim_search(const char *what, uint64_t seed, sim_everywhere *crashes,
                sim_everywhere *faults, bool once)
{
	sim_tally_reset(true);
	do {
		crashes(seed, 8);
		if (sim_tally.violations == 0)
			faults(seed, 3);
		seed++;
	} while (sim_tally.violations == 0 && !once &&
	         sim_tally.states < SEARCH_MOST);
	printf("%s: noticed %zu times in %zu states, seed %" PRIu64 "\n", what,
	       sim_tally.violations, sim_tally.states, seed - 1);
	fflush(stdout);
}

void sim_fail_each(uint64_t seed, size_t most, size_t (*count)(uint64_t seed),
                   void (*once)(uint64_t seed, const struct sim_failing *f,
                                size_t call, size_t most))
{
	size_t calls = count(seed);
	char what[64];

	sim_tally.what = what;
	for (size_t i = 0; i < SIM_FAILINGS; i++)
		for (size_t call = 0; call < calls; call++) {
			snprintf(what, sizeof(what), "fault %zu at call %zu", i,
			         call);
			once(seed, &sim_failings[i], call, most);
		}
	sim_sync_loses(SIM_LOST_CLEAN);
}
