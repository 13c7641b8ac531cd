/* SPDX-License-Identifier: Apache-2.0 */
/* The library's qsort on 50000 pseudo-random numbers. */
#include <stdint.h>
#include <stdlib.h>

enum { kCount = 50000 };
static int32_t values[kCount];

static int compare(const void* a, const void* b) {
  const int32_t x = *(const int32_t*)a;
  const int32_t y = *(const int32_t*)b;
  return (x > y) - (x < y);
}

int main(void) {
  for (int round = 0; round < 3; ++round) {
    uint32_t state = 12345;
    for (int i = 0; i < kCount; ++i) {
      state = state * 1664525u + 1013904223u;
      values[i] = (int32_t)state;
    }
    qsort(values, kCount, sizeof values[0], compare);
    for (int i = 1; i < kCount; ++i) {
      if (values[i - 1] > values[i]) return 1;
    }
  }
  return 0;
}
