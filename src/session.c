/* session.c - see session.h */
#include "config.h"

#include "session.h"
