/*
 * csi.h - control sequences that the terminal sends, taken apart
 *
 *	ESC [ mark param ; param:part ; .. final
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef UI_CSI_H
#define UI_CSI_H

#include "base/base.h"

struct event;

enum {
	CSI_PARAM_MAX = 12,
};

struct csi {
	unsigned char mark;            /* < = > ? before the parameters, or 0 */
	unsigned char final;           /* the last byte */
	size_t count;                  /* of parameters; those left out are 0 */
	uint64_t param[CSI_PARAM_MAX]; /* UINT64_MAX if larger */
	uint64_t part[CSI_PARAM_MAX];  /* after the first ':' of a parameter */
};

/* Take apart len bytes, the two of ESC [ or ESC O and at least one more. False:
   more parameters than we take, or bytes that no key and no report has. */
bool csi_parse(struct csi *csi, const void *bytes, size_t len);

/*
 * The modifiers of a key (KEYS_*) in parameter idx, none if it is left out.
 * Caps Lock and Num Lock do not count. False: with Super, Hyper or Meta it is
 * none of our keys, or it was let go.
 */
bool csi_modifiers(const struct csi *csi, size_t idx, int *mods);

/* An SGR mouse report (CSI < .. M or m) as an EVENT_MOUSE; false if it is none,
   or says nothing that has a name here. */
bool csi_mouse(const struct csi *csi, struct event *event);

/* Is CSI .. R where the cursor stands, and not F3? In the first row they are
   the same (F3 with modifiers); there it is F3. */
bool csi_is_position(const struct csi *csi);

#endif
