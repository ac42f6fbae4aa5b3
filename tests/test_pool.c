/* test_pool.c - tests of src/base/pool.c */
#include "config.h"

#include "base/pool.h"

int main(void)
{
	return 77;
}
