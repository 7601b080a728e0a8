/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_HEAP_H
#define TOOLS_HEAP_H

#include <stdint.h>

/* heap_calls(): allocations so far, of the library and of this program; not
 * of providers and their libraries.  heap_live(): octets of them that are not
 * freed; heap_peak(): the most there were since heap_restart(). */
uint64_t heap_calls(void);
int64_t heap_live(void);
int64_t heap_peak(void);
void heap_restart(void);

#endif
