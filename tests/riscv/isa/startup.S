# SPDX-License-Identifier: Apache-2.0
# What start-up code of the public suites does: writes registers that may not exist, with mtvec behind each write; mret
# into the test; and the end by ecall, from the trap handler.
#include "isa.inc"
  .option norvc

# The register takes the value, or the write traps to the instruction behind it.
.macro write_if_there number, value
  begin_case
  la t0, 7773f
  csrw mtvec, t0
  li t0, \value
  csrw \number, t0
  .balign 4
7773:
.endm

  csrr a0, mhartid
  bnez a0, fail
  write_if_there 0x744, 8                      # mnstatus
  write_if_there 0x180, 0                      # satp
  write_if_there 0x3b0, (1 << 53) - 1          # pmpaddr0
  write_if_there 0x3a0, 0x1f                   # pmpcfg0
  write_if_there 0x302, 0                      # medeleg
  write_if_there 0x303, 0                      # mideleg
  write_if_there 0x105, 0                      # stvec
  csrwi mie, 0
  begin_case
  la t0, ecall_handler
  csrw mtvec, t0
  li a0, 1
  slli a0, a0, 31                              # 64 bits wide
  blez a0, fail
  csrwi mstatus, 0
  li t0, 0x1800
  csrs mstatus, t0
  la t0, 1f
  csrw mepc, t0
  csrr a0, mhartid
  mret
  j fail
1:
  csrr a1, misa
  bgez a1, fail
  fence
  begin_case
  li a7, 93
  li a0, 0
  ecall
  j fail

  .balign 4
ecall_handler:
  csrr t5, mcause
  li t6, 11
  beq t5, t6, pass
  j fail
