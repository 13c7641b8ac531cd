/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/drivers/common.h"
#include "prism/drivers/finisher.h"
#include "prism/drivers/uart.h"
#include "prism/firmware.h"
#include "prism/hw/memory_map.h"
#include "prism/job.h"
#include "prism/status.h"

#define UART_TIMEOUT_NS 10000000u

static void print_failure(struct hal* hal, uint64_t uart_base, enum prism_status status) {
  struct prism_uart uart;
  if (prism_uart_init(&uart, hal, uart_base, UART_TIMEOUT_NS) != PRISM_STATUS_OK) return;
  const char* const parts[] = {"prism: decode failed: ", status_text(status), "\n"};
  for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; ++i) {
    if (prism_uart_write(&uart, parts[i]) != PRISM_STATUS_OK) return;
  }
}

int prism_firmware_main(struct hal* hal, uint64_t job_address) {
  const int status = decode_run(hal, job_address);

  /* Without a job, console and finisher are where the virt machine has them. */
  struct prism_job job = {0};
  hal_read_block(hal, job_address, &job, sizeof job);
  if (prism_check_fault(hal) != PRISM_STATUS_OK || job.magic != PRISM_JOB_MAGIC) {
    job.uart_base = PRISM_UART_BASE;
    job.finisher_base = PRISM_FINISHER_BASE;
  }
  if (status != PRISM_STATUS_OK) print_failure(hal, job.uart_base, (enum prism_status)status);
  prism_finisher_exit(hal, job.finisher_base, (uint16_t)status);
  return status;
}
