/* address.c - see address.h */
#include "config.h"

#include "command/address.h"
