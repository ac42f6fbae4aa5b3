/* test_lexer.c - tests of src/base/lexer.c */
#include "config.h"

#include "base/lexer.h"

int main(void)
{
	return 77;
}
