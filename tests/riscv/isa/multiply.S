# SPDX-License-Identifier: Apache-2.0
# RV64M: high halves, division by zero, overflow, signs.
#include "isa.inc"

  .set LEAST, 0x8000000000000000
  .set MOST, 0x7fffffffffffffff

  binary mul, 0x100000001, 0x100000001, 0x200000001
  binary mul, -1, -1, 1
  binary mul, LEAST, -1, LEAST
  binary mul, 0x21, 0x23, 0x483
  binary mulh, -1, -1, 0
  binary mulh, LEAST, LEAST, 0x4000000000000000
  binary mulh, LEAST, 1, -1
  binary mulh, LEAST, -1, 0
  binary mulh, MOST, MOST, 0x3fffffffffffffff
  binary mulh, MOST, LEAST, 0xc000000000000000
  binary mulhu, -1, -1, 0xfffffffffffffffe
  binary mulhu, LEAST, 2, 1
  binary mulhu, LEAST, LEAST, 0x4000000000000000
  binary mulhu, -1, 1, 0
  binary mulhsu, -1, -1, -1
  binary mulhsu, -1, 1, -1
  binary mulhsu, 1, -1, 0
  binary mulhsu, LEAST, -1, LEAST
  binary mulhsu, MOST, -1, 0x7ffffffffffffffe
  binary mulw, 0x80000000, -1, 0xffffffff80000000
  binary mulw, 0xffffffff00000003, 0x1234567800000005, 15
  binary mulw, 0x10000, 0x8000, 0xffffffff80000000

  binary div, 20, 6, 3
  binary div, -20, 6, -3
  binary div, 20, -6, -3
  binary div, -20, -6, 3
  binary div, LEAST, -1, LEAST
  binary div, LEAST, 1, LEAST
  binary div, 5, 0, -1
  binary div, LEAST, 0, -1
  binary div, 0, 0, -1
  binary divu, -20, 6, 0x2aaaaaaaaaaaaaa7
  binary divu, LEAST, -1, 0
  binary divu, 5, 0, -1
  binary divu, -1, 1, -1
  binary rem, 20, 6, 2
  binary rem, -20, 6, -2
  binary rem, 20, -6, 2
  binary rem, -20, -6, -2
  binary rem, LEAST, -1, 0
  binary rem, 5, 0, 5
  binary rem, LEAST, 0, LEAST
  binary remu, -20, 6, 2
  binary remu, LEAST, -1, LEAST
  binary remu, -1, 0, -1

# Words: only the lower halves count, and results extend their sign.
  binary divw, 0x1234567800000014, 0xffffffff00000006, 3
  binary divw, 0xffffffec, 6, -3
  binary divw, 0x80000000, -1, 0xffffffff80000000
  binary divw, 0x80000000, 0xffffffff, 0xffffffff80000000
  binary divw, 7, 0x100000000, -1
  binary divuw, 0xffffffff80000000, 1, 0xffffffff80000000
  binary divuw, 0xffffffec, 6, 0x2aaaaaa7
  binary divuw, 7, 0x500000000, -1
  binary divuw, 0x80000000, 0xffffffff, 0
  binary remw, 0xffffffec, 6, -2
  binary remw, 0x14, 0xfffffffa, 2
  binary remw, 0x80000000, -1, 0
  binary remw, 0x180000000, 0x100000000, 0xffffffff80000000
  binary remuw, 0xffffffff80000000, 0, 0xffffffff80000000
  binary remuw, 0xffffffec, 6, 2
  binary remuw, 0x80000000, 0xffffffff, 0xffffffff80000000
  binary remuw, 0x1234567800000007, 0x8765432100000005, 2
  j pass
