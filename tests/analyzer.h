/*
 * analyzer.h - what a function of another file returns, for clang-tidy
 *
 * It looks at one file at a time, so that `return error_set(..)` could be true
 * for it, and results that are only written on success look uninitialised.
 * tests/check-static.sh includes this before every file but error.c.
 */
#ifndef TESTS_ANALYZER_H
#define TESTS_ANALYZER_H

#include "base/error.h"

#define error_set(...)      (error_set(__VA_ARGS__), false)
#define error_sys(...)      (error_sys(__VA_ARGS__), false)
#define error_at(...)       (error_at(__VA_ARGS__), false)
#define error_prefix(...)   (error_prefix(__VA_ARGS__), false)
#define error_add_addr(...) (error_add_addr(__VA_ARGS__), false)
#define error_add_path(...) (error_add_path(__VA_ARGS__), false)

#endif
