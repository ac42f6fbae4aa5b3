/* test_memory.c - tests of src/source/memory.c */
#include "config.h"

#include "source/memory.h"

int main(void)
{
	return 77;
}
