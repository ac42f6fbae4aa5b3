/* ranges.c - see ranges.h */
#include "config.h"

#include "space/ranges.h"
