/* layout_file.c - see layout_file.h */
#include "config.h"

#include "open/layout_file.h"
