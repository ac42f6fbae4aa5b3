/* screen.c - see screen.h */
#include "config.h"

#include "ui/screen.h"
