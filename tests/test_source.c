/* test_source.c - tests of src/source/source.c */
#include "config.h"

#include "source/source.h"

int main(void)
{
	return 77;
}
