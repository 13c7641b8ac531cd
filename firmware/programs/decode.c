/* SPDX-License-Identifier: Apache-2.0 */
/* The decode firmware: runs the job that the platform has put at PRISM_JOB_ADDRESS. */
#include "prism/firmware.h"
#include "prism/hw/memory_map.h"

int main(void) {
  return prism_firmware_main(NULL, PRISM_JOB_ADDRESS);
}
