/* What a loop does that waits for another CPU to write to memory. */
#ifndef PVT_RELAX_H
#define PVT_RELAX_H

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
