/* lexer.c - see lexer.h */
#include "config.h"

#include "base/lexer.h"
