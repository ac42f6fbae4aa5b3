/* test_view.c - tests of src/space/view.c */
#include "config.h"

#include "space/view.h"

int main(void)
{
	return 77;
}
