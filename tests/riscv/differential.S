# SPDX-License-Identifier: Apache-2.0
# void run_program(struct frame* frame, const void* code, const void* end)
# Loads the registers from the frame, runs the code until an ecall at `end`, and stores the registers into the
# frame. Other traps are mixed into frame.traps and skipped. tp is the frame while the program runs.
#
# frame: x0..x31 at 0, traps at 256, end at 264, t0..t2 at 272, sp and ra of the caller at 296
  .text
  .globl run_program
run_program:
  addi sp, sp, -112
  sd s0, 0(sp)
  sd s1, 8(sp)
  sd s2, 16(sp)
  sd s3, 24(sp)
  sd s4, 32(sp)
  sd s5, 40(sp)
  sd s6, 48(sp)
  sd s7, 56(sp)
  sd s8, 64(sp)
  sd s9, 72(sp)
  sd s10, 80(sp)
  sd s11, 88(sp)
  sd gp, 96(sp)
  mv tp, a0
  sd sp, 296(tp)
  sd ra, 304(tp)
  sd a2, 264(tp)
  la t0, trap
  csrw mtvec, t0
  csrw mepc, a1
  li t0, 0x1800
  csrs mstatus, t0
  .irp n, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  ld x\n, 8*\n(tp)
  .endr
  mret

  .balign 4
trap:
  sd t0, 272(tp)
  sd t1, 280(tp)
  sd t2, 288(tp)
  csrr t0, mepc
  csrr t1, mcause
  ld t2, 264(tp)
  beq t0, t2, finish
  li t2, 1                      # QEMU 7.2 reports faults of atomics as the load's (4, 5); they are the store's
  beq t1, t2, 0f                # (6, 7; privileged specification, table 3.6)
  lhu t0, 0(t0)
  andi t0, t0, 0x7f
  li t2, 0x2f
  bne t0, t2, 0f
  ori t1, t1, 2
  csrw mcause, t1
0:
  ld t2, 256(tp)                # traps = (((traps * 3 + mepc) * 3 + mcause) * 3) + mtval
  slli t0, t2, 1
  add t2, t2, t0
  csrr t0, mepc
  add t2, t2, t0
  slli t0, t2, 1
  add t2, t2, t0
  add t2, t2, t1
  slli t0, t2, 1
  add t2, t2, t0
  csrr t0, mtval
  add t2, t2, t0
  sd t2, 256(tp)
  li t0, 1
  bne t1, t0, 1f
  csrw mepc, ra                 # a jump to nowhere: return
  j 3f
1:
  csrr t0, mepc                 # skip the instruction
  lhu t1, 0(t0)
  andi t1, t1, 3
  addi t0, t0, 2
  li t2, 3
  bne t1, t2, 2f
  addi t0, t0, 2
2:
  csrw mepc, t0
3:
  ld t0, 272(tp)
  ld t1, 280(tp)
  ld t2, 288(tp)
  mret

finish:
  ld t0, 272(tp)
  ld t1, 280(tp)
  ld t2, 288(tp)
  .irp n, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  sd x\n, 8*\n(tp)
  .endr
  ld sp, 296(tp)
  ld ra, 304(tp)
  ld s0, 0(sp)
  ld s1, 8(sp)
  ld s2, 16(sp)
  ld s3, 24(sp)
  ld s4, 32(sp)
  ld s5, 40(sp)
  ld s6, 48(sp)
  ld s7, 56(sp)
  ld s8, 64(sp)
  ld s9, 72(sp)
  ld s10, 80(sp)
  ld s11, 88(sp)
  ld gp, 96(sp)
  addi sp, sp, 112
  ret
