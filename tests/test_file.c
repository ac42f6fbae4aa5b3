/* test_file.c - tests of src/source/file.c */
#include "config.h"

#include "source/file.h"

int main(void)
{
	return 77;
}
