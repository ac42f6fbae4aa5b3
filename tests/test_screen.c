/* test_screen.c - tests of ui/screen.c */
#include "config.h"

#include "ui/screen.h"

int main(void)
{
	return 77;
}
