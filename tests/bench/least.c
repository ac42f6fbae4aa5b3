/*
 * least.c - the least that a coloured hex screen costs with ncursesw
 *
 * The peer that tests/bench/start asks how much of a start is the libraries':
 * it shows the first bytes of a file in colours, with nothing around them, and
 * waits to be killed.
 */
#include "config.h"

#include <curses.h>
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

enum { COLUMNS = 32, COLOURS = 7 };

static void draw_row(const unsigned char *bytes, int row)
{
	if (move(row, 0) == ERR)
		return;
	for (int i = 0; i < COLUMNS; i++) {
		(void)attrset(COLOR_PAIR(1 + bytes[i] % COLOURS));
		(void)printw("%02x ", bytes[i]);
	}
}

int main(int argc, char **argv)
{
	static unsigned char bytes[COLUMNS * 200];
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0 || read(fd, bytes, sizeof(bytes)) < 0)
		return 1;
	(void)setlocale(LC_ALL, "");
	if (!initscr())
		return 1;
	(void)raw();
	(void)noecho();
	(void)start_color();
	(void)use_default_colors();
	for (short i = 1; i <= COLOURS; i++)
		(void)init_pair(i, (short)(100 + 7 * i), -1);
	for (int row = 0; row < LINES - 1 && row < 200; row++)
		draw_row(bytes + row * COLUMNS, row);
	(void)attrset(A_NORMAL);
	(void)mvprintw(LINES - 1, 0, "least");
	(void)refresh();
	(void)pause();
	return 0;
}
