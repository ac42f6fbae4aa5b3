/* space.c - see space.h */
#include "config.h"

#include "space/space.h"
