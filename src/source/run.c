/* run.c - see run.h */
#include "config.h"

#include "source/run.h"
