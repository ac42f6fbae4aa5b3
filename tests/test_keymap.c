/* test_keymap.c - tests of ui/keymap.c */
#include "config.h"

#include "ui/keymap.h"

int main(void)
{
	return 77;
}
