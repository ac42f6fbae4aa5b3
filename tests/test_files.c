/* test_files.c - tests of src/source/files.c */
#include "config.h"

#include "source/files.h"

int main(void)
{
	return 77;
}
