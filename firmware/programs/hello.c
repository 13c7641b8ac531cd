/* SPDX-License-Identifier: Apache-2.0 */
/* Says hello. Runs unchanged on QEMU's virt machine. */
#include <stdio.h>

#include "prism/rv64/csr.h"

int main(void) {
  printf("hello from hart %lu of an RV%d machine\n", rv64_read_csr(mhartid), __riscv_xlen);
  return 0;
}
