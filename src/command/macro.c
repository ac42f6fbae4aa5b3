/* macro.c - see macro.h */
#include "config.h"

#include "command/macro.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

static void macro_free(struct macro *macro)
{
	for (size_t i = 0; i < macro->count; i++)
		mem_free(macro->lines[i]);
	mem_free(macro->lines);
	*macro = (struct macro){ 0 };
}

void macros_free(struct macros *macros)
{
	for (size_t i = 0; i < macros->count; i++)
		macro_free(&macros->v[i]);
	mem_free(macros->v);
	macro_free(&macros->fresh);
	mem_free(macros->edit);
	*macros = (struct macros){ 0 };
}

size_t macro_find(const struct macros *macros, const char *name)
{
	for (size_t i = 0; i < macros->count; i++)
		if (strcmp(macros->v[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

/* --- recording ------------------------------------------------------------ */

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= MACRO_NAME)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return true;
}

bool macro_record(struct macros *m, const char *name, struct error *err)
{
	if (!is_name(name))
		return error_set(err, ERR_SYNTAX,
		                 "the name of a macro is letters, digits, - "
		                 "and _");
	if (m->recording)
		return error_set(err, ERR_STATE, "%s is being recorded",
		                 m->fresh.name);
	if (m->depth > 0)
		return error_set(err, ERR_STATE,
		                 "nothing is recorded while a macro is played");
	macro_free(&m->fresh);
	snprintf(m->fresh.name, MACRO_NAME, "%s", name);
	m->recording = true;
	m->goes_on = false;
	return true;
}

bool macro_stop(struct macros *m, struct error *err)
{
	size_t i = macro_find(m, m->fresh.name);

	if (!m->recording)
		return error_set(err, ERR_STATE, "nothing is being recorded");
	if (i == SIZE_MAX) {
		if (!mem_grow(&m->v, &m->cap, m->count + 1, sizeof(*m->v), err))
			return false;
		i = m->count++;
	} else {
		macro_free(&m->v[i]);
	}
	m->v[i] = m->fresh;
	m->fresh = (struct macro){ 0 };
	m->recording = false;
	memcpy(m->last, m->v[i].name, MACRO_NAME);
	return true;
}

/* Take a line over, or drop it: then the macro would not be what was done, so
   that nothing is recorded any longer. */
static bool add_line(struct macros *m, char *line, struct error *err)
{
	struct macro *fresh = &m->fresh;

	if (line && fresh->count == MACRO_LINES) {
		error_set(err, ERR_LIMIT, "more than %d lines", MACRO_LINES);
	} else if (line &&
	           mem_grow(&fresh->lines, &fresh->cap, fresh->count + 1,
	                    sizeof(*fresh->lines), err)) {
		fresh->lines[fresh->count++] = line;
		return true;
	}
	mem_free(line);
	m->recording = false;
	return error_prefix(err, "macro %s is not recorded", fresh->name);
}

bool macro_note(struct macros *m, const char *line, size_t len,
                struct error *err)
{
	if (!m->recording || m->depth > 0)
		return true;
	m->goes_on = false;
	return add_line(m, mem_strndup(line, len, err), err);
}

/* --- what was typed ------------------------------------------------------- */

/* `text` behind a line that types, or as one. NULL: no memory. */
static char *typed_line(const char *before, const char *text, size_t len,
                        bool pasted, struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = before ? strlen(before) - 1 : strlen("type \"");
	char *line =
		mem_resize(NULL, at + 4 * len + sizeof("\" pasted"), 1, err);

	if (!line)
		return NULL;
	/* Without the quote at the end. */
	memcpy(line, before ? before : "type \"", at);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == '"' || c == '\\' || c >= 0x7f) {
			line[at++] = '\\';
			line[at++] = 'x';
			line[at++] = digits[c >> 4];
			line[at++] = digits[c & 15];
		} else {
			line[at++] = (char)c;
		}
	}
	strcpy(line + at, pasted ? "\" pasted" : "\"");
	return line;
}

void macro_set_edit(struct macros *m, char *line, bool goes_on)
{
	mem_free(m->edit);
	m->edit = line;
	m->edit_goes_on = line && goes_on;
}

bool macro_note_typed(struct macros *m, const char *text, size_t len,
                      bool pasted, bool goes_on, struct error *err)
{
	struct macro *fresh = &m->fresh;
	const char *before =
		goes_on && !pasted && m->edit_goes_on ? m->edit : NULL;
	char *line;

	macro_set_edit(m, typed_line(before, text, len, pasted, err), !pasted);
	if (!m->recording)
		return true;
	goes_on = goes_on && !pasted && m->goes_on;
	line = typed_line(goes_on ? fresh->lines[fresh->count - 1] : NULL, text,
	                  len, pasted, err);
	m->goes_on = !pasted;
	if (!line || !goes_on)
		return add_line(m, line, err);
	mem_free(fresh->lines[fresh->count - 1]);
	fresh->lines[fresh->count - 1] = line;
	return true;
}
