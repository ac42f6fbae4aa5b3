/*
 * known.c - see known.h
 *
 * A table of groups of 64 pages, a bit for each. A group has one place; another
 * one that wants it takes it. Groups side by side have places side by side, so
 * that a file of the size of the table has room for all of its pages.
 */
#include "config.h"

#include "edit/known.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

/* Tests make it small. */
#ifndef KNOWN_GROUPS
#define KNOWN_GROUPS 4096
#endif

enum { PAGES = 64, GROUPS = KNOWN_GROUPS };

struct known_group {
	uint64_t doc, number;
	uint64_t pages; /* bits */
};

void known_free(struct known *known)
{
	mem_free(known->v);
	known->v = NULL;
}

static struct known_group *place_of(const struct known *known, uint64_t doc,
                                    uint64_t number)
{
	uint64_t start = (doc * UINT64_C(0x9e3779b97f4a7c15)) >> 32;

	return &known->v[(start + number) % GROUPS];
}

static uint64_t bit_of(uint64_t off)
{
	return UINT64_C(1) << off / KNOWN_PAGE % PAGES;
}

bool known_has(const struct known *known, uint64_t doc, uint64_t off)
{
	uint64_t number = off / KNOWN_PAGE / PAGES;
	const struct known_group *group;

	if (!known->v)
		return false;
	group = place_of(known, doc, number);
	return group->doc == doc && group->number == number &&
	       group->pages & bit_of(off);
}

void known_add(struct known *known, uint64_t doc, uint64_t off)
{
	uint64_t number = off / KNOWN_PAGE / PAGES;
	struct known_group *group;
	struct error ignored;

	if (!known->v)
		known->v = mem_zalloc(GROUPS * sizeof(*known->v), &ignored);
	if (!known->v)
		return;
	group = place_of(known, doc, number);
	if (group->doc != doc || group->number != number)
		*group = (struct known_group){ .doc = doc, .number = number };
	group->pages |= bit_of(off);
}

void known_forget(struct known *known)
{
	if (known->v)
		memset(known->v, 0, GROUPS * sizeof(*known->v));
}
