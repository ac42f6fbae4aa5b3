/* memory.c - see memory.h */
#include "config.h"

#include "source/memory.h"
