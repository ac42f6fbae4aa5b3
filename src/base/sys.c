/* sys.c - see sys.h */
#include "config.h"

#include "base/sys.h"
