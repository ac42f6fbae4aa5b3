/* test_theme.c - tests of ui/theme.c */
#include "config.h"

#include "ui/theme.h"

int main(void)
{
	return 77;
}
