/* test_error.c - tests of src/base/error.c */
#include "config.h"

#include "base/error.h"

int main(void)
{
	return 77;
}
