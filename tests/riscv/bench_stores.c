/* SPDX-License-Identifier: Apache-2.0 */
/* Fills 64 KiB again and again. */
#include <stdint.h>

static volatile uint64_t words[8192];

int main(void) {
  for (uint64_t round = 0; round < 1500; ++round) {
    for (uint64_t i = 0; i < 8192; ++i) words[i] = round;
  }
  return words[8191] == 1499 ? 0 : 1;
}
