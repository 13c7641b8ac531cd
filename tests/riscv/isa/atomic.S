# SPDX-License-Identifier: Apache-2.0
# RV64A: results, sign extension of words, reservations, misaligned addresses.
#include "isa.inc"

# op on memory with an operand: rd gets the old value, memory the new one; the upper half of the doubleword stays.
.macro atomic op, memory, operand, old, new
  begin_case
  li a0, \memory
  sd a0, 0(s0)
  li a1, \operand
  \op a2, a1, (s0)
  expect a2, \old
  ld a2, 0(s0)
  expect a2, \new
  sd a0, 0(s0)                  # the destination may be the operand
  \op a1, a1, (s0)
  expect a1, \old
  ld a2, 0(s0)
  expect a2, \new
  sd a0, 0(s0)                  # or x0
  li a1, \operand
  \op zero, a1, (s0)
  ld a2, 0(s0)
  expect a2, \new
.endm

  la s0, place
  atomic amoswap.w, 0x1111111180000000, 0x2222222255555555, 0xffffffff80000000, 0x1111111155555555
  atomic amoadd.w, 0x111111117fffffff, 1, 0x7fffffff, 0x1111111180000000
  atomic amoadd.w, 0x11111111ffffffff, 0xffffffff00000001, -1, 0x1111111100000000
  atomic amoxor.w, 0x11111111ff00ff00, 0x0ff00ff0, 0xffffffffff00ff00, 0x11111111f0f0f0f0
  atomic amoand.w, 0x11111111ff00ff00, 0x0ff00ff0, 0xffffffffff00ff00, 0x111111110f000f00
  atomic amoor.w, 0x11111111ff00ff00, 0x0ff00ff0, 0xffffffffff00ff00, 0x11111111fff0fff0
  atomic amomin.w, 0x1111111180000000, 0x7fffffff, 0xffffffff80000000, 0x1111111180000000
  atomic amomin.w, 0x1111111100000001, 0xffffffff, 1, 0x11111111ffffffff
  atomic amomin.w, 0x1111111100000001, 0x7fffffff80000000, 1, 0x1111111180000000
  atomic amomax.w, 0x1111111180000000, 0x7fffffff, 0xffffffff80000000, 0x111111117fffffff
  atomic amomax.w, 0x11111111ffffffff, 0x8000000000000000, -1, 0x1111111100000000
  atomic amominu.w, 0x1111111180000000, 0x7fffffff, 0xffffffff80000000, 0x111111117fffffff
  atomic amominu.w, 0x1111111100000005, 0xffffffff00000004, 5, 0x1111111100000004
  atomic amominu.w, 0x11111111fffffffe, -1, -2, 0x11111111fffffffe
  atomic amomaxu.w, 0x1111111180000000, 0x7fffffff, 0xffffffff80000000, 0x1111111180000000
  atomic amomaxu.w, 0x1111111100000005, 0x80000000, 5, 0x1111111180000000
  atomic amomaxu.w, 0x1111111100000005, 0x100000001, 5, 0x1111111100000005
  atomic amoswap.d, 0x8000000000000000, 0x5555555555555555, 0x8000000000000000, 0x5555555555555555
  atomic amoadd.d, 0x00000000ffffffff, 1, 0xffffffff, 0x100000000
  atomic amoadd.d, 0x7fffffffffffffff, 1, 0x7fffffffffffffff, 0x8000000000000000
  atomic amoxor.d, 0xff00ff00ff00ff00, -1, 0xff00ff00ff00ff00, 0x00ff00ff00ff00ff
  atomic amoand.d, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xff00ff00ff00ff00, 0x0f000f000f000f00
  atomic amoor.d, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xff00ff00ff00ff00, 0xfff0fff0fff0fff0
  atomic amomin.d, 0x8000000000000000, 0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000000
  atomic amomin.d, 1, -1, 1, -1
  atomic amomax.d, 0x8000000000000000, 0x7fffffffffffffff, 0x8000000000000000, 0x7fffffffffffffff
  atomic amomax.d, 0x80000000, 0x7fffffff, 0x80000000, 0x80000000
  atomic amominu.d, 0x8000000000000000, 0x7fffffffffffffff, 0x8000000000000000, 0x7fffffffffffffff
  atomic amomaxu.d, 1, -1, 1, -1
  atomic amoadd.w.aqrl, 1, 1, 1, 2

# Reservations. sc gives 0 and stores, or gives 1 and does not.
  li a0, 0x11111111ffffffff
  begin_case
  sd a0, 0(s0)
  lr.w a2, (s0)
  expect a2, -1
  li a1, 0x2222222233333333
  sc.w a2, a1, (s0)
  bnez a2, fail
  ld a2, 0(s0)
  expect a2, 0x1111111133333333
  begin_case                    # an sc ends the reservation
  sc.w a2, a0, (s0)
  expect a2, 1
  ld a2, 0(s0)
  expect a2, 0x1111111133333333
  begin_case                    # a failed one, too
  lr.d a2, (s0)
  la s1, other
  sc.d a2, a0, (s1)
  expect a2, 1
  ld a2, 0(s1)
  expect a2, 0x77
  sc.d a2, a0, (s0)
  expect a2, 1
  begin_case
  lr.d.aq a2, (s0)
  expect a2, 0x1111111133333333
  sc.d.rl a2, a0, (s0)
  bnez a2, fail
  ld a2, 0(s0)
  bne a2, a0, fail
  begin_case                    # a later lr replaces the reservation
  lr.d a2, (s0)
  lr.d a2, (s1)
  sc.d a2, zero, (s0)
  expect a2, 1
  ld a2, 0(s0)
  bne a2, a0, fail
  begin_case                    # the usual loop
  sd zero, 0(s0)
  li a1, 100
1:
  lr.d a2, (s0)
  addi a2, a2, 7
  sc.d a3, a2, (s0)
  bnez a3, 1b
  addi a1, a1, -1
  bnez a1, 1b
  ld a2, 0(s0)
  expect a2, 700

# Misaligned ones trap, and change nothing.
  sd a0, 0(s0)
  sd a0, 8(s0)
  addi s1, s0, 2
  mv s11, s1
  li a2, 0x55
  traps 6, amoadd.w a2, a0, (s1)
  traps 6, amoswap.d a2, a0, (s1)
  traps 4, lr.w a2, (s1)
  traps 4, lr.d a2, (s1)
  addi s1, s0, 4
  mv s11, s1
  traps 6, amomaxu.d a2, a0, (s1)
  skip_on_qemu 1f               # its sc fails without a look at the address
  traps 6, sc.d a2, a0, (s1)
  addi s1, s0, 2
  mv s11, s1
  traps 6, sc.w a2, a0, (s1)
1:
  begin_case
  expect a2, 0x55
  ld a2, 0(s0)
  bne a2, a0, fail
  ld a2, 8(s0)
  bne a2, a0, fail
# So do those of nowhere.
  li a2, 0x55
  li s1, 1 << 50
  mv s11, s1
  traps 7, amoadd.w a2, a0, (s1)
  traps 7, amominu.d a2, a0, (s1)
  traps 5, lr.d a2, (s1)
  begin_case
  expect a2, 0x55
  j pass

  .data
  .balign 16
place:
  .dword 0, 0
other:
  .dword 0x77
