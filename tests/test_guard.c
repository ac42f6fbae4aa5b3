/* test_guard.c - tests of src/source/guard.c */
#include "config.h"

#include "source/guard.h"

int main(void)
{
	return 77;
}
