/* view.c - see view.h */
#include "config.h"

#include "space/view.h"
