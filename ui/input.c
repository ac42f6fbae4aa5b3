/* input.c - see input.h */
#include "config.h"

#include "ui/input.h"
