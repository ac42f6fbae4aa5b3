/* text.c - see text.h */
#include "config.h"

#include "base/text.h"
