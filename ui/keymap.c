/* keymap.c - see keymap.h */
#include "config.h"

#include "ui/keymap.h"
