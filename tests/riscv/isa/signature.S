# SPDX-License-Identifier: Apache-2.0
# Leaves results between begin_signature and end_signature, as the architectural tests do.
#include "isa.inc"

  la s0, begin_signature
  li a0, 0x8000000000000000
  li a1, -1
  div a2, a0, a1
  sd a2, 0(s0)
  mulhu a2, a1, a1
  sd a2, 8(s0)
  li a2, 0x12345678
  sw a2, 16(s0)
  j pass

  .data
  .balign 16
  .globl begin_signature, end_signature
begin_signature:
  .zero 20
  .word 0xdeadbeef
end_signature:
