/* test_layout.c - tests of src/space/layout.c */
#include "config.h"

#include "space/layout.h"

int main(void)
{
	return 77;
}
