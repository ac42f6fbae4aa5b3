/* filename.c - see filename.h */
#include "config.h"

#include "ui/filename.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/cells.h"

const char *filename_end(const char *safe, int cols, bool *cut)
{
	const char *end = safe;

	*cut = canvas_width(safe) > cols;
	while (*cut && canvas_width(end) > cols - 2) {
		end++;
		while ((*end & 0xc0) == 0x80) /* not within a character */
			end++;
	}
	return end;
}

struct filename filename_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct filename name;
	char safe[4096];
	bool cut;
	const char *end;

	if (text_safe(safe, sizeof(safe), path, strlen(path)) >=
	            sizeof(name.s) ||
	    canvas_width(safe) > FILENAME_COLS)
		(void)text_safe(safe, sizeof(safe), slash ? slash + 1 : path,
		                strlen(slash ? slash + 1 : path));
	end = filename_end(safe, FILENAME_COLS, &cut);
	snprintf(name.s, sizeof(name.s), "%s%.*s", cut ? ".." : "",
	         (int)sizeof(name.s) - 3, end);
	return name;
}
