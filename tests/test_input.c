/* test_input.c - tests of ui/input.c */
#include "config.h"

#include "ui/input.h"

int main(void)
{
	return 77;
}
