// SPDX-License-Identifier: Apache-2.0
// Four harts share counters, a lock, the CLINT and the PLIC; hart 0 prints what came of it. SHARED is where
// the lock and the counters are.
#include <stdint.h>

#include "prism/hw/clint.h"
#include "prism/hw/finisher.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/plic.h"
#include "prism/hw/uart.h"

enum { kHarts = 4, kRounds = 500, kUartSource = 10 };
enum { kSoftware = 1 << 3, kTimer = 1 << 7, kExternal = 1 << 11 };

struct shared {
  uint32_t lock;
  uint32_t under_lock;  // plain additions
  uint64_t by_amo;
  uint64_t by_reservation;
  uint32_t maximum;
  uint32_t ready;
};

#ifdef SHARED
static volatile struct shared* const shared = (volatile struct shared*)SHARED;
#else
static volatile struct shared in_ram __attribute__((aligned(64)));
static volatile struct shared* const shared = &in_ram;
#endif
static volatile uint32_t counted[kHarts];
static volatile uint32_t timers[kHarts];
static volatile uint32_t claimed;

static volatile uint32_t* word(uint64_t address) {
  return (volatile uint32_t*)address;
}

static void fence(void) {
  __asm__ volatile("fence rw, rw" ::: "memory");
}

static void put(const char* text) {
  for (; *text != 0; ++text) *(volatile uint8_t*)(PRISM_UART_BASE + UART_DATA) = (uint8_t)*text;
}

static void put_number(uint64_t value) {
  char digits[24];
  char* first = digits + sizeof digits - 1;
  *first = 0;
  do *--first = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  put(first);
}

static void put_line(const char* before, uint64_t value, const char* after) {
  put(before);
  put_number(value);
  put(after);
}

static void send_ipi(unsigned hart) {
  fence();
  *word(PRISM_CLINT_BASE + CLINT_MSIP(hart)) = 1;
}

/// Sleeps until the interrupt is pending.
static void wait_for(uint64_t interrupt) {
  __asm__ volatile("csrw mie, %0" ::"r"(interrupt));
  uint64_t pending = 0;
  while ((pending & interrupt) == 0) __asm__ volatile("wfi\n\tcsrr %0, mip" : "=r"(pending)::"memory");
}

static void wait_for_ipi(unsigned hart) {
  wait_for(kSoftware);
  *word(PRISM_CLINT_BASE + CLINT_MSIP(hart)) = 0;
  fence();
}

static void take_lock(void) {
  uint32_t before = 1;
  while (before != 0) {
    __asm__ volatile("amoswap.w.aq %0, %1, (%2)" : "=r"(before) : "r"(1), "r"(&shared->lock) : "memory");
  }
}

static void release_lock(void) {
  __asm__ volatile("amoswap.w.rl zero, zero, (%0)" ::"r"(&shared->lock) : "memory");
}

static void work(unsigned hart) {
  for (unsigned i = 0; i < kRounds; ++i) {
    take_lock();
    shared->under_lock = shared->under_lock + 1;
    release_lock();
    uint64_t old;
    uint32_t failed;
    __asm__ volatile("amoadd.d zero, %0, (%1)" ::"r"((uint64_t)hart + 1), "r"(&shared->by_amo) : "memory");
    __asm__ volatile(
        "1: lr.d.aq %0, (%2)\n\t"
        "addi %0, %0, 3\n\t"
        "sc.d.rl %1, %0, (%2)\n\t"
        "bnez %1, 1b"
        : "=&r"(old), "=&r"(failed)
        : "r"(&shared->by_reservation)
        : "memory");
    __asm__ volatile("amomaxu.w zero, %0, (%1)" ::"r"(hart * 1000 + i), "r"(&shared->maximum) : "memory");
    counted[hart] = counted[hart] + 1;
  }
}

/// The hart's own timer, three times.
static void use_timer(unsigned hart) {
  volatile uint64_t* const compare = (volatile uint64_t*)(PRISM_CLINT_BASE + CLINT_MTIMECMP(hart));
  for (unsigned i = 0; i < 3; ++i) {
    *compare = *(volatile uint64_t*)(PRISM_CLINT_BASE + CLINT_MTIME) + 50 * (hart + 1);
    wait_for(kTimer);
    ++timers[hart];
  }
  *compare = UINT64_MAX;
}

/// The UART's interrupt "transmitter empty", which only hart 2's context enables.
static void take_uart_interrupt(void) {
  const unsigned context = PLIC_MACHINE_CONTEXT(2);
  *word(PRISM_PLIC_BASE + PLIC_PRIORITY(kUartSource)) = 1;
  *word(PRISM_PLIC_BASE + PLIC_THRESHOLD(context)) = 0;
  *word(PRISM_PLIC_BASE + PLIC_ENABLE(context, kUartSource)) = 1u << kUartSource;
  *(volatile uint8_t*)(PRISM_UART_BASE + UART_IER) = UART_IER_TRANSMIT_EMPTY;
  wait_for(kExternal);
  claimed = *word(PRISM_PLIC_BASE + PLIC_CLAIM(context));
  *(volatile uint8_t*)(PRISM_UART_BASE + UART_IER) = 0;
  *word(PRISM_PLIC_BASE + PLIC_CLAIM(context)) = claimed;
}

static void print_results(void) {
  for (unsigned hart = 0; hart < kHarts; ++hart) {
    put_line("hart ", hart, "");
    put_line(" counted ", counted[hart], "");
    put_line(", timer interrupts ", timers[hart], "\n");
  }
  put_line("under the lock ", shared->under_lock, "\n");
  put_line("by amo ", shared->by_amo, "\n");
  put_line("by reservation ", shared->by_reservation, "\n");
  put_line("maximum ", shared->maximum, "\n");
  put_line("hart 2 claimed ", claimed, "\n");
}

void main_of(unsigned hart) {
  const unsigned next = (hart + 1) % kHarts;
  if (hart == 0) {
    shared->lock = shared->under_lock = shared->maximum = shared->ready = 0;
    shared->by_amo = shared->by_reservation = 0;
    for (unsigned other = 1; other < kHarts; ++other) send_ipi(other);
  } else {
    wait_for_ipi(hart);
  }
  // All begin together.
  __asm__ volatile("amoadd.w zero, %0, (%1)" ::"r"(1), "r"(&shared->ready) : "memory");
  while (shared->ready < kHarts) {
  }
  work(hart);
  use_timer(hart);
  if (hart == 2) take_uart_interrupt();
  // A token goes round.
  if (hart != 0) wait_for_ipi(hart);
  put_line("hart ", hart, " has the token\n");
  send_ipi(next);
  if (hart != 0) return;
  wait_for_ipi(0);
  print_results();
  *word(PRISM_FINISHER_BASE + FINISHER_CONTROL) = FINISHER_PASS;
}
