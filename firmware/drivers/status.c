/* SPDX-License-Identifier: Apache-2.0 */
#include "prism/status.h"

const char* status_text(enum prism_status status) {
  switch (status) {
    case PRISM_STATUS_OK:
      return "ok";
    case PRISM_STATUS_BUS_FAULT:
      return "bus fault";
    case PRISM_STATUS_TIMEOUT:
      return "device timed out";
    case PRISM_STATUS_NO_DEVICE:
      return "device not found";
    case PRISM_STATUS_ARGUMENT:
      return "invalid argument";
    case PRISM_STATUS_NO_MEMORY:
      return "out of heap memory";
    case PRISM_STATUS_SCRATCHPAD_TOO_SMALL:
      return "scratchpad too small";
    case PRISM_STATUS_BAD_JOB:
      return "invalid job";
    case PRISM_STATUS_CONTEXT_TOO_LONG:
      return "context too long for the KV cache";
    case PRISM_STATUS_DMA_ERROR:
      return "DMA error";
    case PRISM_STATUS_COMPUTE_ERROR:
      return "compute engine error";
    case PRISM_STATUS_PHOTONIC_ERROR:
      return "photonic core error";
    case PRISM_STATUS_PROTOCOL:
      return "unexpected answer from a device";
    case PRISM_STATUS_UNHEALTHY:
      return "photonic rows out of order";
  }
  return "unknown status";
}
