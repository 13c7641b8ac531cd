/* SPDX-License-Identifier: Apache-2.0 */
/* Reset: hart 0 gets a stack, zeroed .bss and a trap vector, runs main(), and ends the run with its result; other harts
 * sleep. */
#include "prism/hw/finisher.h"
#include "prism/hw/memory_map.h"

#define FRAME 136

  .section .text.start, "ax"
  .globl _start
_start:
  csrr t0, mhartid
  bnez t0, park
  la sp, __stack_top
  la t0, trap_entry
  csrw mtvec, t0
  la t0, __bss_start
  la t1, __bss_end
1:
  bgeu t0, t1, 2f
  sd zero, 0(t0)
  addi t0, t0, 8
  j 1b
2:
  call main
  /* Falls into _exit with main's result. */

  .globl _exit
_exit:
  li t0, PRISM_FINISHER_BASE
  li t1, FINISHER_PASS
  beqz a0, 3f
  slli a0, a0, 16
  li t1, FINISHER_FAIL
  or t1, t1, a0
3:
  sw t1, FINISHER_CONTROL(t0)
park:
  csrw mie, zero
4:
  wfi
  j 4b

/* Saves what a C function may change, and returns to the address that rv64_handle_trap() returns. */
  .balign 4
trap_entry:
  addi sp, sp, -FRAME
  sd ra, 0(sp)
  sd t0, 8(sp)
  sd t1, 16(sp)
  sd t2, 24(sp)
  sd a0, 32(sp)
  sd a1, 40(sp)
  sd a2, 48(sp)
  sd a3, 56(sp)
  sd a4, 64(sp)
  sd a5, 72(sp)
  sd a6, 80(sp)
  sd a7, 88(sp)
  sd t3, 96(sp)
  sd t4, 104(sp)
  sd t5, 112(sp)
  sd t6, 120(sp)
  csrr a0, mcause
  csrr a1, mepc
  csrr a2, mtval
  call rv64_handle_trap
  csrw mepc, a0
  ld ra, 0(sp)
  ld t0, 8(sp)
  ld t1, 16(sp)
  ld t2, 24(sp)
  ld a0, 32(sp)
  ld a1, 40(sp)
  ld a2, 48(sp)
  ld a3, 56(sp)
  ld a4, 64(sp)
  ld a5, 72(sp)
  ld a6, 80(sp)
  ld a7, 88(sp)
  ld t3, 96(sp)
  ld t4, 104(sp)
  ld t5, 112(sp)
  ld t6, 120(sp)
  addi sp, sp, FRAME
  mret
