/* test_cells.c - tests of ui/cells.c */
#include "config.h"

#include "ui/cells.h"

int main(void)
{
	return 77;
}
