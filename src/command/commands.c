/*
 * commands.c - the table of the commands that need no screen
 *
 * Sorted by name. help, the prompt, completion, key bindings and the manual
 * read it; nothing else lists commands.
 */
#include "config.h"

#include "command/commands.h"

#include "command/table.h"

const struct command command_table[] = {
	{
		.name = "back",
		.usage = "[N]",
		.help = "go to the place before the last jump",
		.more = "N jumps back. Jumps are goto, next, prev, back and "
			"what the editor does alike.",
		.run = run_back,
	},
	{
		.name = "bookmark",
		.alias = "b",
		.usage = "[NAME [\"COMMENT\"]] | goto NAME | delete NAME",
		.help = "name the selection, or the byte here",
		.more = "Without a name: removes the bookmark that begins "
			"here, or makes one with a name of its own. A bookmark "
			"stays at its byte; @NAME is its address.",
		.range = TAKES_BYTES,
		.complete = COMPLETE_BOOKMARK,
		.run = run_bookmark,
	},
	{
		.name = "bookmarks",
		.usage = "",
		.help = "list the bookmarks",
		.run = run_bookmarks,
	},
	{
		.name = "close",
		.usage = "#N",
		.help = "close a segment",
		.more = "What follows it without a fixed place closes up. Its "
			"number is not used again.",
		.complete = COMPLETE_PLACE,
		.run = run_close,
	},
	{
		.name = "copy",
		.alias = "y",
		.usage = "",
		.help = "keep bytes for paste",
		.range = TAKES_BYTES,
		.run = run_copy,
	},
	{
		.name = "count",
		.usage = "[OPTION].. [PATTERN]",
		.help = "count the matches of a pattern",
		.more = "Options as of find-all, but for -p and as.",
		.range = TAKES_ALL,
		.flags = COMMAND_PATTERN,
		.complete = COMPLETE_PATTERN,
		.words = "--in --not-in",
		.run = run_count,
	},
	{
		.name = "cut",
		.usage = "",
		.help = "keep bytes for paste, and delete them",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS,
		.run = run_cut,
	},
	{
		.name = "cycle",
		.usage = "OPTION",
		.help = "give an option its next value",
		.complete = COMPLETE_OPTION,
		.run = run_cycle,
	},
	{
		.name = "decrement",
		.usage = "[TYPE] [N]",
		.help = "count a number down by 1, or by N",
		.more = "As increment.",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS,
		.run = run_decrement,
	},
	{
		.name = "delete",
		.alias = "d",
		.usage = "",
		.help = "delete bytes; what follows moves up",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS,
		.run = run_delete,
	},
	{
		.name = "duplicate",
		.usage = "ADDRESS [insert]",
		.help = "copy bytes over those at ADDRESS",
		.more = "insert  put the copy in front of the byte there\n"
			"Within one file, whatever the length; else at most "
			"256 MiB.",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS,
		.complete = COMPLETE_PLACE,
		.words = "insert",
		.run = run_duplicate,
	},
	{
		.name = "echo",
		.usage = "TEXT",
		.help = "print the rest of the line",
		.flags = COMMAND_REST,
		.run = run_echo,
	},
	{
		.name = "edits",
		.usage = "[as %NAME]",
		.help = "list the edits that are not written",
		.more = "Address, old length, new length. as: put the edited "
			"bytes into a set of ranges.",
		.run = run_edits,
	},
	{
		.name = "eval",
		.usage = "ADDRESS",
		.help = "print what an address means",
		.complete = COMPLETE_ADDRESS,
		.run = run_eval,
	},
	{
		.name = "export",
		.usage = "FILE [raw|hex|c|python|base64|ihex|srec|text|dec|"
			 "digits] [--unreadable=stop|skip|fill[:VALUE]]",
		.help = "write bytes to a new file, in some format",
		.more = "The selection or the range in front, or all. raw: the "
			"bytes themselves. hex: as xxd writes them, which "
			"xxd -r reads. ihex and srec: Intel HEX and Motorola "
			"S-records. Addresses in hex, dec, ihex and srec are "
			"those of the space.\n"
			"--unreadable, export!  as of save-as",
		.words = "raw hex c python base64 ihex srec text dec digits "
			 "--unreadable=skip",
		.range = TAKES_ALL,
		.flags = COMMAND_BANG,
		.complete = COMPLETE_FILE,
		.run = run_export,
	},
	{
		.name = "fill",
		.usage = "VALUE",
		.help = "write a value again and again over bytes",
		.more = "VALUE as of put, or zero, or random. fill! writes "
			"over bytes that cannot be read, too.",
		.words = "zero random",
		.range = TAKES_BYTES,
		.flags = COMMAND_BANG | COMMAND_EDITS,
		.complete = COMPLETE_WORDS,
		.run = run_fill,
	},
	{
		.name = "filter",
		.usage = "COMMAND",
		.help = "give bytes to a program, and take what it makes of "
			"them",
		.more = "The rest of the line is run by /bin/sh. When the "
			"program ends with a status that is not 0, or gives "
			"another number of bytes, nothing is changed. One step "
			"of undo.\n"
			"filter! lets the length change; so it may when typing "
			"inserts.",
		.range = TAKES_BYTES,
		.flags = COMMAND_REST | COMMAND_BANG | COMMAND_EDITS,
		.run = run_filter,
	},
	{
		.name = "find",
		.alias = "/",
		.usage = "[OPTION].. [PATTERN]",
		.help = "go to the next match of a pattern",
		.more = "From the cursor on, its byte included, or from the "
			"start of the range; without PATTERN the last one. See "
			"help patterns.\n"
			"-b  backward: the last match that begins before the "
			"cursor\n"
			"-a N[+K][@BASE]  only where the address in its "
			"segment, or counted from BASE, is K modulo N\n"
			"-e LIST  a text in these encodings: "
			"utf8,utf16le,utf16be,latin1,cp1252\n"
			"-i  ignore case    -w  no ASCII letter, digit or _ "
			"beside it (/regex/u: none at all)\n"
			"-p  in a batch, print the bytes that match, too\n"
			"--in SET, --not-in SET  only in the bytes, or outside "
			"of the bytes, of %NAME or (SET); see ranges",
		.range = TAKES_SPAN,
		.flags = COMMAND_PATTERN,
		.complete = COMPLETE_PATTERN,
		.words = "--in --not-in",
		.run = run_find,
	},
	{
		.name = "find-all",
		.usage = "[OPTION].. [PATTERN] [as %NAME]",
		.help = "list all matches of a pattern",
		.more = "-n MAX  no more than MAX    -o  overlapping ones too\n"
			"as  put them into this set of ranges instead; in the "
			"editor it is %found otherwise\n"
			"Other options as of find, but for -b.",
		.range = TAKES_ALL,
		.flags = COMMAND_PATTERN,
		.complete = COMPLETE_PATTERN,
		.words = "--in --not-in as",
		.run = run_find_all,
	},
	{
		.name = "find-selection",
		.usage = "",
		.help = "go where the bytes that are selected stand again",
		.more = "Or the byte here; next match goes on.",
		.range = TAKES_BYTES,
		.run = run_find_selection,
	},
	{
		.name = "flush",
		.alias = "w",
		.usage = "[-y] [verify] [#N]..",
		.help = "write the edits into their files, all or none",
		.more = "With #N, or a range: those files, and what was "
			"changed in the same steps. They can be taken back by "
			"undo afterwards. A file whose length was changed is "
			"copied, and the copy takes its place. The editor "
			"shows what would be written and asks first, unless a "
			"script or a macro runs it.\n"
			"-y  do not ask\n"
			"verify  then read what was written, and the rest of "
			"its blocks, from the disk again, and compare; with "
			"nothing to flush, what the last flush has written\n"
			"flush! does not ask either, and writes though another "
			"program has locked a file or written to it, over what "
			"cannot be read, and without a journal.",
		.range = TAKES_ALL,
		.flags = COMMAND_BANG,
		.complete = COMPLETE_PLACE,
		.words = "verify -y",
		.run = run_flush,
	},
	{
		.name = "flush-quit",
		.alias = "wq x",
		.usage = "[-y]",
		.help = "flush, then leave",
		.more = "It asks as flush does.",
		.range = TAKES_NONE,
		.flags = COMMAND_BANG,
		.run = run_flush_quit,
	},
	{
		.name = "follow",
		.usage = "[TYPE]",
		.help = "go to the address that stands here",
		.more = "TYPE is u8, u16le, u16be .. u64be, and u32le without "
			"it. goto #:u32le(.) goes to an address in the file, "
			"and back returns.",
		.words = "u16le u16be u32le u32be u64le u64be",
		.complete = COMPLETE_WORDS,
		.run = run_follow,
	},
	{
		.name = "forward",
		.usage = "[N]",
		.help = "go again to where back came from",
		.run = run_forward,
	},
	{
		.name = "goto",
		.alias = "g",
		.usage = "ADDRESS",
		.help = "go to an address",
		.more = "-1s  a sector before the end      +4K  from here on\n"
			"#2:0x10  in segment 2    disk.002:-1  by its name\n"
			"$  the end    'a  mark    @name  bookmark\n"
			"u32le(.)*1s  follow a pointer    (.+511)/512*512",
		.complete = COMPLETE_ADDRESS,
		.run = run_goto,
	},
	{
		.name = "hash",
		.usage = "ALGORITHM.. [-b SIZE] [--unreadable=stop|skip|"
			 "fill[:VALUE]] [> FILE]",
		.help = "print digests of bytes, or write those of blocks to "
			"a file",
		.more = "Of the selection or the range in front, or of all, "
			"edits included; several in one pass. ALGORITHM is md5 "
			"sha1 sha224 sha256 sha384 sha512 sha3-224 sha3-256 "
			"sha3-384 sha3-512 blake2b blake2s (of OpenSSL), xxh3 "
			"xxh128 (of xxhash), crc32 or crc32c.\n"
			"-b  of each block of SIZE bytes, from the start of "
			"the range\n"
			"--unreadable  as of print; skip tells how many bytes "
			"were left out\n"
			"> FILE  write them to a new file, which verify reads; "
			"hash! writes over another file",
		.words = "md5 sha1 sha224 sha256 sha384 sha512 sha3-224 "
			 "sha3-256 sha3-384 sha3-512 blake2b blake2s crc32 "
			 "crc32c xxh3 xxh128 -b --unreadable=skip",
		.range = TAKES_ALL,
		.flags = COMMAND_BANG,
		.complete = COMPLETE_WORDS,
		.run = run_hash,
	},
	{
		.name = "help",
		.alias = "h",
		.usage = "[COMMAND | OPTION | KEY | keys | commands | "
			 "addresses | patterns | options]",
		.help = "show help",
		.complete = COMPLETE_COMMAND,
		.run = run_help,
	},
	{
		.name = "history",
		.usage = "[ID | revert ID.. | note ID TEXT]",
		.help = "list what was done, or go back to it",
		.more = "Number, time, command, address, old and new length, "
			"place, done, flushed or undone.\n"
			"ID  undo or redo until the state after this step; 0: "
			"before all\n"
			"revert  put back the old bytes of these steps, as a "
			"new edit, if what they wrote is still there\n"
			"note  write a text beside a step; \"\" removes it",
		.complete = COMPLETE_WORDS,
		.words = "revert note",
		.run = run_history,
	},
	{
		.name = "import",
		.usage = "FILE [raw|hex|c|python|base64|ihex|srec] [insert]",
		.help = "write the bytes of a file over those here",
		.more = "What hex, ihex and srec name an address for goes "
			"there; with an address in front, the first byte of "
			"them goes to that. hex reads what xxd, hexdump -Cv "
			"and od -Ax -tx1 -v write, and hex digits alone. One "
			"step of undo.\n"
			"insert  put them in front of the byte here\n"
			"import! writes over bytes that cannot be read, too.",
		.words = "raw hex c python base64 ihex srec insert",
		.range = TAKES_PLACE,
		.flags = COMMAND_BANG | COMMAND_EDITS,
		.complete = COMPLETE_FILE,
		.run = run_import,
	},
	{
		.name = "increment",
		.usage = "[TYPE] [N]",
		.help = "count a number up by 1, or by N",
		.more = "TYPE is u8, i8, u16le, i16be .. u64be. At the cursor, "
			"or each number of the range. Without TYPE it is a "
			"byte, or one little-endian number of the 2, 4 or 8 "
			"bytes of the range. Behind the last number comes "
			"the first one.",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS,
		.run = run_increment,
	},
	{
		.name = "info",
		.usage = "",
		.help = "tell what is known of the byte here",
		.range = TAKES_PLACE,
		.run = run_info,
	},
	{
		.name = "insert",
		.usage = "VALUE [COUNT]",
		.help = "insert a value, COUNT times; what follows moves back",
		.more = "VALUE as of put, or zero, or random. In front of the "
			"byte here; #1:$ insert VALUE makes segment 1 longer.",
		.words = "zero random",
		.range = TAKES_PLACE,
		.flags = COMMAND_EDITS,
		.complete = COMPLETE_WORDS,
		.run = run_insert,
	},
	{
		.name = "journal",
		.usage = "[list | export FILE [NAME] | "
			 "show|recover|discard|finish|back [NAME]]",
		.help = "edits that earlier runs left: list them, take them up",
		.more = "Edits that were not written wait in a journal; a file "
			"for which some wait cannot be edited until they are "
			"taken up or discarded. NAME is the beginning of a "
			"journal's name; without it, what waits for the files "
			"that are open.\n"
			"list  the journals, and what of their files: when, "
			"how many edits, and whether the file is the same, "
			"touched (its times), moved on (other bytes), changed "
			"(the bytes edited), bad (some of these cannot be "
			"read), replaced, truncated, not open\n"
			"show  the changes, as offset, old and new length, old "
			"and new bytes; ** was edited before, ?? is not known, "
			"mm was moved, rr is random. As JSON they are whole\n"
			"export  the changes whole, a JSON object a line, to a "
			"new file; journal! export writes over another\n"
			"recover  make the edits again; a batch that then does "
			"not write them leaves them waiting\n"
			"discard  drop them; with NAME, those of files that "
			"are not open, too\n"
			"finish, back  a flush that was begun and not ended: "
			"write the new bytes of all its files, or the old ones",
		.words = "list show export recover discard finish back",
		.flags = COMMAND_BANG,
		.complete = COMPLETE_WORDS,
		.run = run_journal,
	},
	{
		.name = "macro",
		.usage = "record NAME | stop | play [NAME] [N] | list",
		.help = "record command lines, and run them again",
		.more = "From record to stop all that is run, typed and pasted "
			"is recorded, unless it fails. play runs it, N times, "
			"as one step of undo; the first line that fails ends "
			"it. Without NAME it is the last one, and so is @.",
		.words = "record stop play list",
		.complete = COMPLETE_WORDS,
		.run = run_macro,
	},
	{
		.name = "mark",
		.usage = "LETTER",
		.help = "set a mark here; 'LETTER is its address",
		.range = TAKES_PLACE,
		.run = run_mark,
	},
	{
		.name = "move-bytes",
		.usage = "ADDRESS",
		.help = "move bytes to in front of the byte at ADDRESS",
		.more = "Within one file, whatever the length; else at most "
			"256 MiB.",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS,
		.complete = COMPLETE_ADDRESS,
		.run = run_move_bytes,
	},
	{
		.name = "next",
		.usage = "segment|sector|block|run|string|match|bookmark|edit|"
			 "range "
			 "[%NAME] [N]",
		.help = "go to the next one",
		.more = "run: past the bytes that are equal to the one here.\n"
			"string: the next 4 or more printable characters of "
			"ASCII in a row.\n"
			"match: of the pattern that was last given to find.\n"
			"range: of the set %NAME, or of the last one that was "
			"made.",
		.words = "segment sector block run string match bookmark edit "
			 "range",
		.complete = COMPLETE_WORDS,
		.run = run_next,
	},
	{
		.name = "op",
		.usage = "and|or|xor|add VALUE | rol|ror [N] | not | neg | "
			 "swap16|swap32|swap64 | reverse",
		.help = "calculate with bytes",
		.more = "VALUE as of put, again and again over the bytes; add "
			"is modulo 256, byte by byte. rol, ror: N bits to the "
			"left, to the right, in each byte. swap: the bytes of "
			"each 2, 4 or 8. reverse: the last byte comes first.",
		.words = "and or xor add rol ror not neg swap16 swap32 swap64 "
			 "reverse",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS,
		.complete = COMPLETE_WORDS,
		.run = run_op,
	},
	{
		.name = "open",
		.alias = "o",
		.usage = "INPUT [at ADDRESS] [skip N] [size N] [ro|rw|copy] "
			 "[over [verify]] [name NAME]",
		.help = "open a file and place it behind the others",
		.more = "The words are those of layout files and of the "
			"command line's input options.",
		.complete = COMPLETE_FILE,
		.run = run_open,
	},
	{
		.name = "paste",
		.usage = "[insert]",
		.help = "write what was copied over the bytes here",
		.more = "insert  put it in front of the byte here\n"
			"paste! writes over bytes that cannot be read, too.",
		.words = "insert",
		.range = TAKES_PLACE,
		.flags = COMMAND_BANG | COMMAND_EDITS,
		.complete = COMPLETE_WORDS,
		.run = run_paste,
	},
	{
		.name = "patch",
		.usage = "save FILE [#N] [from ID] [as hex|json|ips] | "
			 "apply FILE [#N]",
		.help = "write the edits to a patch, or apply one",
		.more = "save  all edits that are not written, or those of the "
			"file of segment N: as text with old and new bytes, "
			"as JSON Lines, or as IPS32, which has neither old "
			"bytes nor lengths. FILE.json and FILE.ips say it, "
			"too. from: all that was done after step ID of the "
			"history, flushed or not. patch! save writes over "
			"another file\n"
			"apply  to the files that it names, or to that of "
			"segment N; IPS: at addresses, or offsets in that "
			"file. Old bytes are compared. One step of undo; "
			"patch! apply writes over bytes that cannot be read, "
			"too.",
		.flags = COMMAND_BANG,
		.complete = COMPLETE_FILE,
		.run = run_patch,
	},
	{
		.name = "patterns",
		.usage = "[FILE]",
		.help = "list the patterns with names, or take those of a file",
		.more = "A line of FILE is a name and a pattern: @NAME stands "
			"for it from now on, before another of that name. "
			"Empty lines say nothing, nor those that begin with "
			"#. The editor begins with the file patterns in its "
			"folder of configuration.",
		.complete = COMPLETE_FILE,
		.run = run_patterns,
	},
	{
		.name = "preserve",
		.usage = "",
		.help = "have the journal on the disk now, not in a second",
		.run = run_preserve,
	},
	{
		.name = "prev",
		.usage = "segment|sector|block|run|string|match|bookmark|edit|"
			 "range "
			 "[%NAME] [N]",
		.help = "go to the one before",
		.words = "segment sector block run string match bookmark edit "
			 "range",
		.complete = COMPLETE_WORDS,
		.run = run_prev,
	},
	{
		.name = "print",
		.alias = "p",
		.usage = "[hex|raw|text|dec|c|python|base64|row|ihex|srec|"
			 "digits] "
			 "[--unreadable=stop|skip|fill[:VALUE]]",
		.help = "print bytes, 256 from here without a range",
		.more = "hex shows ?? for unreadable bytes and -- where there "
			"is no file. The other forms stop at the first such "
			"byte unless --unreadable says otherwise; VALUE is a "
			"number 0..255 or {hex digits}, by default the text "
			"UNREADABLE BYTES.",
		.words =
			"hex raw text dec c python base64 row ihex srec digits "
			"--unreadable=skip",
		.range = TAKES_FROM,
		.complete = COMPLETE_WORDS,
		.run = run_print,
	},
	{
		.name = "put",
		.usage = "VALUE [was VALUE]",
		.help = "write a value over the bytes here",
		.more = "VALUE is {hex digits}, \"text\", u32le:1,2 or another "
			"type, utf16le:\"text\" or another encoding. It may "
			"run over into the next segment.\n"
			"was  only if these bytes stand there now\n"
			"put! writes over bytes that cannot be read, too.",
		.range = TAKES_PLACE,
		.flags = COMMAND_BANG | COMMAND_EDITS,
		.run = run_put,
	},
	{
		.name = "quit",
		.alias = "q",
		.usage = "[drop]",
		.help = "leave",
		.more = "Refuses when there are edits that are not written, "
			"unless drop or quit! says so.",
		.words = "drop",
		.flags = COMMAND_BANG,
		.complete = COMPLETE_WORDS,
		.run = run_quit,
	},
	{
		.name = "ranges",
		.usage = "[show [SET] | %NAME = SET | add %NAME | "
			 "clear [%NAME] | load FILE | save FILE [%NAME]..]",
		.help = "list the sets of ranges, or calculate with them",
		.more = "SET is %NAME, SET and SET, SET or SET, SET minus SET, "
			"SET within N of SET, (SET); from the left. and, or "
			"and minus are on bytes, within takes the ranges of "
			"the first that lie so near to bytes of the second.\n"
			"show  list the ranges of a set, of the last one "
			"without SET; the editor shows a set with a name in "
			"the panel of matches\n"
			"add  the bytes in front, or the selection, to a set\n"
			"clear  drop a set, or all\n"
			"save, load  sets to and from a file; ranges! save "
			"writes over another file, ranges! load leaves out "
			"ranges of files that are not open\n"
			"find-all and refs make sets of what they find.",
		.words = "show add clear load save",
		.range = TAKES_SPAN,
		.flags = COMMAND_BANG,
		.complete = COMPLETE_WORDS,
		.run = run_ranges,
	},
	{
		.name = "redo",
		.usage = "[N]",
		.help = "make edits again that were undone",
		.run = run_redo,
	},
	{
		.name = "refs",
		.usage = "[OPTION].. [ADDRESS] [as %NAME]",
		.help = "list the pointers to an address, or to here",
		.more = "A pointer is a number that is the address, aligned to "
			"its size in its segment.\n"
			"-t TYPE  u16le, u16be, u32le .. u64be; by default "
			"u32le, or u64le if it is too big for that\n"
			"-r BASE  pointers count from BASE\n"
			"-n, -a, --in and --not-in as of find-all.",
		.range = TAKES_ALL,
		.complete = COMPLETE_PLACE,
		.run = run_refs,
	},
	{
		.name = "reload",
		.usage = "[#N]",
		.help = "take the size and bytes that a file has now",
		.more = "Without #N: all of them. For files that have grown, "
			"or were replaced by another file of that name. Edits "
			"go on over the file as it is now if the bytes under "
			"them are still what they were, as far as the journal "
			"knows; else it is refused, and says where they are "
			"not. reload! drops the edits there, which can be "
			"undone.",
		.flags = COMMAND_BANG,
		.complete = COMPLETE_PLACE,
		.run = run_reload,
	},
	{
		.name = "repeat",
		.usage = "[N]",
		.help = "do the last edit again, at the cursor",
		.more = "With a range: to as many bytes from the cursor on. "
			"In the editor what was typed or pasted is repeated, "
			"too. N times: as one step of undo.",
		.run = run_repeat,
	},
	{
		.name = "replace",
		.usage = "[OPTION].. PATTERN VALUE [--pad VALUE]",
		.help = "write a value over the next match of a pattern",
		.more = "From the cursor on, its byte included, or from the "
			"start of the range; then the cursor is behind it. "
			"VALUE as of put, or zero, or random; {} is no byte; "
			"/text/ with $1, ${name}, $& or \\x00 is made of what "
			"the groups of a /regex/ hold. Another length inserts "
			"or deletes.\n"
			"--pad  fill up what is shorter with VALUE\n"
			"-a -e -i -w --in --not-in  as of find",
		.range = TAKES_SPAN,
		.flags = COMMAND_PATTERN | COMMAND_EDITS,
		.complete = COMPLETE_PATTERN,
		.words = "--in --not-in --pad",
		.run = run_replace,
	},
	{
		.name = "replace-all",
		.usage = "[OPTION].. PATTERN VALUE [--pad VALUE]",
		.help = "write a value over all matches of a pattern",
		.more = "All or none, as one step of undo. What was put in is "
			"not searched again. VALUE as of replace.\n"
			"-n MAX  no more than MAX\n"
			"-q  ask about each, in the editor: y replaces it, n "
			"does not, a replaces all that are left, u goes back "
			"to the one before, q ends; Escape replaces none\n"
			"Other options as of replace.",
		.range = TAKES_ALL,
		.flags = COMMAND_PATTERN | COMMAND_EDITS,
		.complete = COMPLETE_PATTERN,
		.words = "--in --not-in --pad",
		.run = run_replace_all,
	},
	{
		.name = "resize",
		.usage = "#N SIZE",
		.help = "make a segment longer or shorter",
		.more = "Bytes of 00 are added at its end, or what is behind "
			"SIZE is cut off.",
		.complete = COMPLETE_PLACE,
		.run = run_resize,
	},
	{
		.name = "revert",
		.usage = "",
		.help = "let bytes be again what the files have there",
		.more = "Where bytes were inserted or deleted, all of those "
			"must be in the range. One step of undo.",
		.range = TAKES_BYTES,
		.flags = COMMAND_EDITS | COMMAND_EMPTIED,
		.run = run_revert,
	},
	{
		.name = "save-as",
		.usage = "FILE [split SIZE] "
			 "[--unreadable=stop|skip|fill[:VALUE]]",
		.help = "write the bytes, edits included, to a new file",
		.more = "All of them, or the range in front. Holes stay holes, "
			"and where the file system can, bytes are shared "
			"instead of copied. The file is whole or not there.\n"
			"split  into FILE.000, FILE.001 and so on, of SIZE "
			"bytes each; all of them or none\n"
			"--unreadable  as of print; skip leaves holes. "
			"FILE.map "
			"then lists what was left out or filled, as ddrescue "
			"does\n"
			"save-as! writes over another file, but never over one "
			"that is open, nor over files of a set.",
		.words = "split --unreadable=skip",
		.range = TAKES_ALL,
		.flags = COMMAND_BANG,
		.complete = COMPLETE_FILE,
		.run = run_save_as,
	},
	{
		.name = "save-layout",
		.usage = "FILE",
		.help = "write which files lie where to a layout file (.hxl)",
		.flags = COMMAND_BANG,
		.complete = COMPLETE_FILE,
		.run = run_save_layout,
	},
	{
		.name = "segments",
		.usage = "",
		.help = "list the segments",
		.run = run_segments,
	},
	{
		.name = "select",
		.usage = "[RANGE | last | none | all | segment | start | swap]",
		.help = "select bytes",
		.more = "start: begin a selection here that every movement "
			"extends, or drop it. swap: go to its other end.",
		.words = "last none all segment start swap",
		.range = TAKES_BYTES,
		.complete = COMPLETE_WORDS,
		.run = run_select,
	},
	{
		.name = "set",
		.usage = "[OPTION | noOPTION | OPTION=VALUE | OPTION? | all]",
		.help = "set or show an option",
		.complete = COMPLETE_OPTION,
		.run = run_set,
	},
	{
		.name = "source",
		.usage = "FILE",
		.help = "run the lines of a script",
		.complete = COMPLETE_FILE,
		.run = run_source,
	},
	{
		.name = "truncate",
		.usage = "[ADDRESS]",
		.help = "cut off a segment at an address",
		.more = "The byte there, else that at the cursor, and all that "
			"follow it in its segment are deleted.",
		.range = TAKES_PLACE,
		.complete = COMPLETE_ADDRESS,
		.run = run_truncate,
	},
	{
		.name = "undo",
		.alias = "u",
		.usage = "[N]",
		.help = "take back the last edit, or the last N",
		.run = run_undo,
	},
	{
		.name = "undo-byte",
		.usage = "",
		.help = "let the byte here be what it was before its last edit",
		.range = TAKES_PLACE,
		.flags = COMMAND_EDITS,
		.run = run_undo_byte,
	},
	{
		.name = "verify",
		.usage = "FILE [as %NAME]",
		.help = "compare the bytes with a list of digests",
		.more = "FILE was written by hash, sha256sum, md5deep, "
			"hashdeep or dcfldd, of whole files or of blocks. A "
			"block that differs is explained if it has its digest "
			"when the last steps of the history, that of earlier "
			"runs included, are taken back; their changes are "
			"listed below it. Else it is unexplained, and all "
			"changes in it are listed.\n"
			"as  put them into a set of ranges; in the editor they "
			"are in %differ and %unexplained",
		.complete = COMPLETE_FILE,
		.words = "as",
		.run = run_verify,
	},
	{ .name = NULL },
};
