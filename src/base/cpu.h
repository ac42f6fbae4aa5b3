/*
 * cpu.h - what the processor can do, on x86-64
 *
 * The compiler's own test, __builtin_cpu_supports(), brings a constructor that
 * asks the processor at each start. On a virtual machine every CPUID leaves it:
 * that took 0.3 of the 1.2 milliseconds to the first screen. The C library has
 * asked already.
 *
 * Threads: any.
 */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include "base/base.h"

#ifdef __x86_64__
bool cpu_has_sse42(void);
bool cpu_has_avx2(void);
#endif

#endif
