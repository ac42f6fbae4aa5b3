/* test_bytes.c - tests of src/base/bytes.c */
#include "config.h"

#include "base/bytes.h"

int main(void)
{
	return 77;
}
