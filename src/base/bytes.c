/* bytes.c - see bytes.h */
#include "config.h"

#include "base/bytes.h"
