/* source.c - see source.h */
#include "config.h"

#include "source/source.h"
