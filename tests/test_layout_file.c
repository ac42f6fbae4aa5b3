/* test_layout_file.c - tests of src/open/layout_file.c */
#include "config.h"

#include "open/layout_file.h"

int main(void)
{
	return 77;
}
