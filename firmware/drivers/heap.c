/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/heap.h"

void prism_heap_init(struct prism_heap* heap, uint64_t base, uint64_t bytes) {
  heap->next = base;
  heap->end = base + bytes;
}

enum prism_status prism_heap_allocate(struct prism_heap* heap, uint64_t bytes, uint64_t alignment,
                                      uint64_t* address) {
  const uint64_t padding = -heap->next & (alignment - 1);
  const uint64_t room = heap->end - heap->next;
  if (padding > room || bytes > room - padding) return PRISM_STATUS_NO_MEMORY;
  *address = heap->next + padding;
  heap->next = *address + bytes;
  return PRISM_STATUS_OK;
}
