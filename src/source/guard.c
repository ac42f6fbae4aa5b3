/* guard.c - see guard.h */
#include "config.h"

#include "source/guard.h"
