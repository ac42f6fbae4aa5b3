/* test_space.c - tests of src/space/space.c */
#include "config.h"

#include "space/space.h"

int main(void)
{
	return 77;
}
