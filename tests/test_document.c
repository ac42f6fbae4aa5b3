/* test_document.c - tests of src/edit/document.c */
#include "config.h"

#include "edit/document.h"

int main(void)
{
	return 77;
}
