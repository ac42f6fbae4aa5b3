/* test_ranges.c - tests of src/space/ranges.c */
#include "config.h"

#include "space/ranges.h"

int main(void)
{
	return 77;
}
