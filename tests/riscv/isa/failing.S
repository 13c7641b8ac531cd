# SPDX-License-Identifier: Apache-2.0
# Its third case fails: what a failure looks like.
#include "isa.inc"

  binary add, 1, 1, 2
  unary addi, 1, 1, 2
  gives 3, li a2, 4
  j pass
