/* SPDX-License-Identifier: Apache-2.0 */
/* A bump allocator over the RAM that the job grants to firmware. Nothing is ever freed. */
#ifndef PRISM_DRIVERS_HEAP_H
#define PRISM_DRIVERS_HEAP_H

#include <stdint.h>

#include "prism/status.h"

struct prism_heap {
  uint64_t next;
  uint64_t end;
};

void prism_heap_init(struct prism_heap* heap, uint64_t base, uint64_t bytes);

/* `alignment`: a power of two. NO_MEMORY leaves the heap as it was. */
enum prism_status prism_heap_allocate(struct prism_heap* heap, uint64_t bytes, uint64_t alignment,
                                      uint64_t* address);

#endif
