/* test_mem.c - tests of src/base/mem.c */
#include "config.h"

#include "base/mem.h"

int main(void)
{
	return 77;
}
