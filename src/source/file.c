/* file.c - see file.h */
#include "config.h"

#include "source/file.h"
