/* cells.c - see cells.h */
#include "config.h"

#include "ui/cells.h"
