/* pool.c - see pool.h */
#include "config.h"

#include "base/pool.h"
