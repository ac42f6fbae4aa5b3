/* theme.c - see theme.h */
#include "config.h"

#include "ui/theme.h"
