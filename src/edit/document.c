/* document.c - see document.h */
#include "config.h"

#include "edit/document.h"
