/* cpu.c - see cpu.h */
#include "config.h"

#include "base/cpu.h"

#ifdef __x86_64__

#ifdef HAVE_SYS_PLATFORM_X86_H
#include <sys/platform/x86.h>

bool cpu_has_sse42(void)
{
	return CPU_FEATURE_ACTIVE(SSE4_2);
}

bool cpu_has_avx2(void)
{
	return CPU_FEATURE_ACTIVE(AVX2);
}

#else /* another C library than that of GNU, or one before 2.33 */

bool cpu_has_sse42(void)
{
	return __builtin_cpu_supports("sse4.2");
}

bool cpu_has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

#endif
#endif
