/* test_run.c - tests of src/source/run.c */
#include "config.h"

#include "source/run.h"

int main(void)
{
	return 77;
}
