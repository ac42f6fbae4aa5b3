/* layout.c - see layout.h */
#include "config.h"

#include "space/layout.h"
