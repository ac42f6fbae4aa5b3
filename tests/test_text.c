/* test_text.c - tests of src/base/text.c */
#include "config.h"

#include "base/text.h"

int main(void)
{
	return 77;
}
