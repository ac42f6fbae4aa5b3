/* files.c - see files.h */
#include "config.h"

#include "source/files.h"
