/* test_address.c - tests of src/command/address.c */
#include "config.h"

#include "command/address.h"

int main(void)
{
	return 77;
}
