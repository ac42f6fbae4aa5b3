/*
 * keys.c - see keys.h
 *
 * libtermkey 0.22 takes any mouse for X10, makes several keys of what it does
 * not know, and aborts when one terminfo string begins another. So it hears of
 * terminfo only what choose_string() lets through, is given one token at a
 * time, and is believed when it makes one key of all of it.
 *
 * It is opened when the editor begins to listen, behind the first frame: with
 * its own terminfo, libunibilium, it takes the loader 50 us, a twentieth of the
 * start.
 *
 * Invariants:
 *
 *  K1  Between calls libtermkey's buffer is empty.
 *  K2  No string of `strings` begins another, and these are all the strings
 *      that libtermkey knows.
 */
#include "config.h"

#include "ui/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termkey.h>

#include "base/error.h"
#include "base/library.h"
#include "base/mem.h"
#include "ui/event.h"

#define LIBRARY "libtermkey.so.1"

enum {
	BACKSPACE = 0x08,
	ESC = 0x1b,
	DEL = 0x7f,

	STRING_MAX = 32, /* of a string of terminfo */
};

_Static_assert((int)KEYS_SHIFT == (int)TERMKEY_KEYMOD_SHIFT &&
                       (int)KEYS_ALT == (int)TERMKEY_KEYMOD_ALT &&
                       (int)KEYS_CTRL == (int)TERMKEY_KEYMOD_CTRL,
               "modifiers are libtermkey's");

/* libtermkey's, by the names that it has there. */
struct library {
	void *handle; /* owned */
	__typeof__(termkey_new_abstract) *new_abstract;
	__typeof__(termkey_hook_terminfo_getstr) *hook_terminfo_getstr;
	__typeof__(termkey_set_canonflags) *set_canonflags;
	__typeof__(termkey_start) *start;
	__typeof__(termkey_destroy) *destroy;
	__typeof__(termkey_push_bytes) *push_bytes;
	__typeof__(termkey_getkey_force) *getkey_force;
	__typeof__(termkey_get_keyname) *get_keyname;
	__typeof__(termkey_strfkey) *strfkey;
};

struct keys {
	struct library library;
	TermKey *termkey; /* owned */
	char **strings;   /* owned; keys that terminfo names */
	size_t string_count, string_cap;
	bool known, nomem; /* terminfo has keys; while asking it */
	bool utf8, erase_is_h;
};

static bool is_function_above_12(const char *name)
{
	return strncmp(name, "key_f", 5) == 0 && atoi(name + 5) > 12;
}

/* Strings that would hide what we read ourselves. */
static bool is_reserved(const char *value)
{
	static const char *const reserved[] = { "\033[", "\033O", "\033[200~",
		                                "\033[201~" };
	size_t i;

	if (value[0] != ESC)
		return false;
	for (i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(value, reserved[i]) == 0)
			return true;
	return value[1] == ESC || (value[2] && strchr("]P_^X", value[1]));
}

/*
 * May libtermkey know this key? Not a mouse, which it takes for X10 whatever
 * its string (pitfall 2); no single byte, which clashes with what begins with
 * it (4), nor a first byte that is typed as text; and not the F13..F63 that are
 * F1..F12 with modifiers, which the CSI says better (18).
 */
static bool is_wanted(const char *name, const char *value)
{
	if (strncmp(name, "key_", 4) != 0 || strcmp(name, "key_mouse") == 0)
		return false;
	if (!value[0] || !value[1] || strlen(value) > STRING_MAX)
		return false;
	if ((unsigned char)value[0] >= 0x20 || is_reserved(value))
		return false;
	return !is_function_above_12(name) || !strchr(value, ';');
}

static bool clashes(const struct keys *keys, const char *value)
{
	size_t len = strlen(value);
	size_t i;

	for (i = 0; i < keys->string_count; i++) {
		size_t other = strlen(keys->strings[i]);

		if (strncmp(keys->strings[i], value, size_min(len, other)) == 0)
			return true;
	}
	return false;
}

static bool remember(struct keys *keys, const char *value)
{
	struct error err;
	char *copy;

	if (!mem_grow(&keys->strings, &keys->string_cap, keys->string_count + 1,
	              sizeof(*keys->strings), &err))
		return false;
	copy = mem_strdup(value, &err);
	if (!copy)
		return false;
	keys->strings[keys->string_count++] = copy;
	return true;
}

/* Stands between libtermkey and terminfo: what it returns is a key. */
static const char *choose_string(const char *name, const char *value,
                                 void *data)
{
	struct keys *keys = data;

	/* An unknown terminal is asked about, too, and has no values;
	   "cancelled" is a pointer of all ones. */
	if (!value || (uintptr_t)value == UINTPTR_MAX)
		return NULL;
	keys->known = true;
	if (!is_wanted(name, value) || clashes(keys, value))
		return NULL;
	if (!remember(keys, value)) {
		keys->nomem = true;
		return NULL;
	}
	return value;
}

struct name {
	char base[KEY_TEXT - (sizeof("<C-M-S->") - 1)];
	bool word;          /* not the character itself */
	uint32_t codepoint; /* 0: no character */
	int mods;           /* KEYS_* */
};

static bool is_character(long cp)
{
	return cp >= 0x20 && cp <= 0x10ffff && !(cp >= 0x7f && cp < 0xa0) &&
	       !(cp >= 0xd800 && cp < 0xe000) && cp != 0xfffd;
}

static bool set_base(struct name *name, const char *base, bool word)
{
	size_t len = strlen(base);

	if (len >= sizeof(name->base))
		return false;
	memcpy(name->base, base, len + 1);
	name->word = word;
	return true;
}

/*
 * One key has one name, however the terminal says it: Shift belongs to the
 * character unless Control hides it, and four keys that most terminals send as
 * Control and a character go by their own names.
 */
static bool name_character(const struct keys *keys, long cp, struct name *name)
{
	static const struct {
		char ch;
		const char *name;
	} own[] = { { 'i', "Tab" },
		    { 'm', "Enter" },
		    { '[', "Escape" },
		    { 'h', "Backspace" } };
	TermKeyKey key = { .type = TERMKEY_TYPE_UNICODE };
	char text[KEY_TEXT];
	bool control = name->mods & KEYS_CTRL;
	bool shift = name->mods & KEYS_SHIFT;
	size_t i;

	if (!is_character(cp))
		return false;
	if (control && cp >= 'A' && cp <= 'Z')
		cp += 'a' - 'A';
	if (shift && !control && cp >= 'a' && cp <= 'z')
		cp -= 'a' - 'A';
	if (!control)
		name->mods &= ~KEYS_SHIFT;
	for (i = 0; control && !shift && i < ARRAY_LEN(own); i++) {
		if (cp != own[i].ch || (cp == 'h' && !keys->erase_is_h))
			continue;
		name->mods &= ~KEYS_CTRL;
		return set_base(name, own[i].name, true);
	}
	if (control && cp == '@')
		cp = ' ';
	name->codepoint = (uint32_t)cp;
	if (cp == ' ')
		return set_base(name, "Space", true);
	if (cp == '<')
		return set_base(name, "lt", true);
	key.code.codepoint = cp;
	(void)keys->library.strfkey(keys->termkey, text, sizeof(text), &key,
	                            (TermKeyFormat)0);
	return set_base(name, text, false);
}

/* Old names of keys that every keyboard has under another one. */
static TermKeySym usual_symbol(TermKeySym sym)
{
	switch (sym) {
	case TERMKEY_SYM_FIND:
		return TERMKEY_SYM_HOME;
	case TERMKEY_SYM_SELECT:
		return TERMKEY_SYM_END;
	case TERMKEY_SYM_KPENTER:
		return TERMKEY_SYM_ENTER;
	case TERMKEY_SYM_DEL:
		return TERMKEY_SYM_BACKSPACE;
	default:
		return sym;
	}
}

static bool name_key(const struct keys *keys, const TermKeyKey *key,
                     struct name *name)
{
	char text[KEY_TEXT];
	TermKeySym sym;

	name->mods = key->modifiers;
	name->codepoint = 0;
	switch (key->type) {
	case TERMKEY_TYPE_UNICODE:
		return name_character(keys, key->code.codepoint, name);
	case TERMKEY_TYPE_FUNCTION:
		(void)snprintf(text, sizeof(text), "F%d", key->code.number);
		return set_base(name, text, true);
	case TERMKEY_TYPE_KEYSYM:
		sym = usual_symbol(key->code.sym);
		if (sym == TERMKEY_SYM_SPACE)
			return name_character(keys, ' ', name);
		return sym > TERMKEY_SYM_NONE &&
		       set_base(name,
		                keys->library.get_keyname(keys->termkey, sym),
		                true);
	default:
		return false;
	}
}

static bool fill_in(const struct keys *keys, const TermKeyKey *key,
                    struct event *event)
{
	struct name name;

	if (!name_key(keys, key, &name))
		return false;
	*event = (struct event){ .kind = EVENT_KEY };
	event->ctrl = name.mods & KEYS_CTRL;
	event->alt = name.mods & KEYS_ALT;
	event->shift = name.mods & KEYS_SHIFT;
	if (event->ctrl || event->alt || event->shift)
		name.word = true;
	else
		event->codepoint = name.codepoint;
	(void)snprintf(event->key, sizeof(event->key), "%s%s%s%s%s%s",
	               name.word ? "<" : "", event->ctrl ? "C-" : "",
	               event->alt ? "M-" : "", event->shift ? "S-" : "",
	               name.base, name.word ? ">" : "");
	return true;
}

static bool load(struct library *library, struct error *err)
{
	const struct library_symbol symbols[] = {
		{ "termkey_new_abstract", &library->new_abstract },
		{ "termkey_hook_terminfo_getstr",
		  &library->hook_terminfo_getstr },
		{ "termkey_set_canonflags", &library->set_canonflags },
		{ "termkey_start", &library->start },
		{ "termkey_destroy", &library->destroy },
		{ "termkey_push_bytes", &library->push_bytes },
		{ "termkey_getkey_force", &library->getkey_force },
		{ "termkey_get_keyname", &library->get_keyname },
		{ "termkey_strfkey", &library->strfkey },
	};

	library->handle = library_open(LIBRARY, "libtermkey", symbols,
	                               ARRAY_LEN(symbols), err);
	return library->handle != NULL;
}

static bool start(struct keys *keys, const char *term, struct error *err)
{
	int flags = TERMKEY_FLAG_NOSTART | TERMKEY_FLAG_CONVERTKP;

	flags |= keys->utf8 ? TERMKEY_FLAG_UTF8 : TERMKEY_FLAG_RAW;
	keys->termkey = keys->library.new_abstract(term, flags);
	if (!keys->termkey)
		return error_set(err, ERR_NOMEM, "out of memory for keys");
	keys->library.hook_terminfo_getstr(keys->termkey, choose_string, keys);
	keys->library.set_canonflags(keys->termkey, TERMKEY_CANON_DELBS);
	if (!keys->library.start(keys->termkey) || keys->nomem)
		return error_set(err, ERR_NOMEM, "out of memory for keys");
	return true;
}

/* Once more, without HOME. libtermkey's terminfo looks there first, and gives
   up if HOME is no folder, as that of users who are not to log in. */
static bool start_homeless(struct keys *keys, const char *term,
                           struct error *err)
{
	const char *home = getenv("HOME");
	char *kept;
	bool ok;

	if (!home)
		return true;
	kept = mem_strdup(home, err);
	if (!kept)
		return false;
	keys->library.destroy(keys->termkey);
	keys->termkey = NULL;
	(void)unsetenv("HOME");
	ok = start(keys, term, err);
	if (setenv("HOME", kept, 1) != 0 && ok)
		ok = error_set(err, ERR_NOMEM, "out of memory for keys");
	mem_free(kept);
	return ok;
}

struct keys *keys_new(const char *term, bool utf8, bool erase_is_h,
                      struct error *err)
{
	struct keys *keys;

	/* libunibilium aborts without a name. */
	if (!term || !*term) {
		error_set(err, ERR_STATE, "the terminal has no name");
		return NULL;
	}
	keys = mem_zalloc(sizeof(*keys), err);
	if (!keys)
		return NULL;
	keys->utf8 = utf8;
	keys->erase_is_h = erase_is_h;
	if (!load(&keys->library, err) || !start(keys, term, err) ||
	    (!keys->known && !start_homeless(keys, term, err))) {
		keys_free(keys);
		return NULL;
	}
	if (!keys->known) {
		keys_free(keys);
		error_set(err, ERR_STATE,
		          "terminfo has no keys of this terminal");
		return NULL;
	}
	return keys;
}

void keys_free(struct keys *keys)
{
	size_t i;

	if (!keys)
		return;
	if (keys->termkey)
		keys->library.destroy(keys->termkey);
	for (i = 0; i < keys->string_count; i++)
		mem_free(keys->strings[i]);
	mem_free(keys->strings);
	library_close(keys->library.handle);
	mem_free(keys);
}

enum keys_match keys_match(const struct keys *keys, const void *bytes,
                           size_t len)
{
	size_t i;

	for (i = 0; i < keys->string_count; i++) {
		const char *s = keys->strings[i];

		if (strncmp(s, bytes, len) == 0)
			return s[len] ? KEYS_PART : KEYS_WHOLE;
	}
	return KEYS_NONE;
}

/* False unless libtermkey makes one key of the token (K1). */
static bool ask_termkey(struct keys *keys, const void *bytes, size_t len,
                        TermKeyKey *key)
{
	TermKeyKey rest;
	size_t extra = 0;

	if (keys->library.push_bytes(keys->termkey, bytes, len) != len)
		return false;
	if (keys->library.getkey_force(keys->termkey, key) != TERMKEY_RES_KEY)
		return false;
	while (extra < len &&
	       keys->library.getkey_force(keys->termkey, &rest) ==
	               TERMKEY_RES_KEY)
		extra++;
	return extra == 0;
}

bool keys_token(struct keys *keys, const void *bytes, size_t len, bool alt,
                struct event *event)
{
	const unsigned char *p = bytes;
	TermKeyKey key = { .type = TERMKEY_TYPE_UNICODE };

	if (len == 1 && p[0] == BACKSPACE) {
		key.code.codepoint = 'h';
		key.modifiers = KEYS_CTRL;
	} else if (!keys->utf8 && len == 1 && p[0] >= 0xa0) {
		key.code.codepoint = p[0];
	} else if (!ask_termkey(keys, bytes, len, &key)) {
		return false;
	}
	if (alt)
		key.modifiers |= KEYS_ALT;
	return fill_in(keys, &key, event);
}

/* The sequence is written anew, so that libtermkey sees nothing but this. */
bool keys_plain(struct keys *keys, uint64_t number, int mods, char final,
                struct event *event)
{
	char text[64];
	char digits[24] = "";

	if (final == '~' || mods)
		(void)snprintf(digits, sizeof(digits), "%llu",
		               (unsigned long long)number);
	if (mods)
		(void)snprintf(text, sizeof(text), "\033[%s;%d%c", digits,
		               mods + 1, final);
	else
		(void)snprintf(text, sizeof(text), "\033[%s%c", digits, final);
	return keys_token(keys, text, strlen(text), false, event);
}

/* The keys of the keypad and F13..F35, as kitty numbers them. */
static bool private_key(uint64_t code, TermKeyKey *key)
{
	static const unsigned char pad[] = "0123456789./*-+";
	static const TermKeySym symbols[] = {
		TERMKEY_SYM_LEFT,   TERMKEY_SYM_RIGHT,  TERMKEY_SYM_UP,
		TERMKEY_SYM_DOWN,   TERMKEY_SYM_PAGEUP, TERMKEY_SYM_PAGEDOWN,
		TERMKEY_SYM_HOME,   TERMKEY_SYM_END,    TERMKEY_SYM_INSERT,
		TERMKEY_SYM_DELETE, TERMKEY_SYM_BEGIN,
	};

	key->type = TERMKEY_TYPE_UNICODE;
	if (code >= 57376 && code <= 57398) {
		key->type = TERMKEY_TYPE_FUNCTION;
		key->code.number = (int)(code - 57376) + 13;
	} else if (code >= 57399 && code <= 57413) {
		key->code.codepoint = pad[code - 57399];
	} else if (code == 57415 || code == 57416) {
		key->code.codepoint = code == 57415 ? '=' : ',';
	} else if (code == 57414) {
		key->type = TERMKEY_TYPE_KEYSYM;
		key->code.sym = TERMKEY_SYM_ENTER;
	} else if (code >= 57417 && code <= 57427) {
		key->type = TERMKEY_TYPE_KEYSYM;
		key->code.sym = symbols[code - 57417];
	} else {
		return false;
	}
	return true;
}

bool keys_coded(struct keys *keys, uint64_t code, int mods, struct event *event)
{
	TermKeyKey key = { .type = TERMKEY_TYPE_KEYSYM };

	if (code >= 57344 && code < 63744) {
		if (!private_key(code, &key))
			return false;
	} else if (code == '\t') {
		key.code.sym = TERMKEY_SYM_TAB;
	} else if (code == '\r') {
		key.code.sym = TERMKEY_SYM_ENTER;
	} else if (code == ESC) {
		key.code.sym = TERMKEY_SYM_ESCAPE;
	} else if (code == BACKSPACE || code == DEL) {
		key.code.sym = TERMKEY_SYM_BACKSPACE;
	} else if (code <= 0x10ffff) {
		key.type = TERMKEY_TYPE_UNICODE;
		key.code.codepoint = (long)code;
	} else {
		return false;
	}
	key.modifiers = mods;
	return fill_in(keys, &key, event);
}
