/* test_sys.c - tests of src/base/sys.c */
#include "config.h"

#include "base/sys.h"

int main(void)
{
	return 77;
}
