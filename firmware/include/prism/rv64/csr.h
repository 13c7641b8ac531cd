/* SPDX-License-Identifier: Apache-2.0 */
/* Machine-mode control and status registers (RISC-V privileged architecture 1.12). */
#ifndef PRISM_RV64_CSR_H
#define PRISM_RV64_CSR_H

#define RV64_MSTATUS_MIE 0x8u
#define RV64_MIE_SOFTWARE (1u << 3)
#define RV64_MIE_TIMER (1u << 7)
#define RV64_MIE_EXTERNAL (1u << 11)

#define RV64_CAUSE_INTERRUPT (1ull << 63)
#define RV64_CAUSE_SOFTWARE (RV64_CAUSE_INTERRUPT | 3u)
#define RV64_CAUSE_TIMER (RV64_CAUSE_INTERRUPT | 7u)
#define RV64_CAUSE_EXTERNAL (RV64_CAUSE_INTERRUPT | 11u)
#define RV64_CAUSE_LOAD_FAULT 5u
#define RV64_CAUSE_STORE_FAULT 7u

#define rv64_read_csr(name)                             \
  __extension__({                                       \
    unsigned long value_;                               \
    __asm__ volatile("csrr %0, " #name : "=r"(value_)); \
    value_;                                             \
  })
#define rv64_write_csr(name, value) __asm__ volatile("csrw " #name ", %0" ::"rK"(value) : "memory")
#define rv64_set_csr(name, bits) __asm__ volatile("csrs " #name ", %0" ::"rK"(bits) : "memory")
#define rv64_clear_csr(name, bits) __asm__ volatile("csrc " #name ", %0" ::"rK"(bits) : "memory")

#endif
