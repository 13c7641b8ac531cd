/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the random programs behind this image (see program_generator.h) and prints the state that each left.
 */
#include <stdint.h>

enum { kSlotBytes = 16384, kCodeOffset = 256, kDataWords = 1024 };
static const uintptr_t kPrograms = 0x80200000;
static const uintptr_t kData = 0x80100000;

struct frame {
  uint64_t x[32];
  uint64_t traps;
  uint64_t end;
  uint64_t scratch[3];
  uint64_t caller[2];
};

void run_program(struct frame* frame, const void* code, const void* end);

static void print_char(char c) {
  *(volatile uint8_t*)0x10000000 = (uint8_t)c;
}

static void print_hex(uint64_t value) {
  int shift = 60;
  while (shift > 0 && value >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) print_char("0123456789abcdef"[value >> shift & 15]);
  print_char(' ');
}

static uint64_t hash_of_data(const volatile uint64_t* data) {
  uint64_t hash = 14695981039346656037u;
  for (int i = 0; i < kDataWords; ++i) hash = (hash ^ data[i]) * 1099511628211u;
  return hash;
}

int main(void) {
  const uint64_t count = *(const volatile uint64_t*)kPrograms;
  for (uint64_t program = 0; program < count; ++program) {
    const uintptr_t slot = kPrograms + (1 + program) * kSlotBytes;
    volatile uint64_t* data = (volatile uint64_t*)kData;
    uint64_t state = program + 1;
    for (int i = 0; i < kDataWords; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      data[i] = state;
    }
    struct frame frame = {.traps = 0};
    for (int i = 1; i < 32; ++i) frame.x[i] = ((const volatile uint64_t*)slot)[i];
    frame.x[4] = (uintptr_t)&frame;
    run_program(&frame, (const void*)(slot + kCodeOffset), (const void*)(slot + kSlotBytes - 4));
    print_hex(program);
    for (int i = 1; i < 32; ++i) {
      if (i != 4) print_hex(frame.x[i]);
    }
    print_hex(frame.traps);
    print_hex(hash_of_data(data));
    print_char('\n');
  }
  return 0;
}
