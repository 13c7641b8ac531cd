/* SPDX-License-Identifier: Apache-2.0 */
/* The result of every driver call. The values are the firmware's exit codes: append, never renumber. */
#ifndef PRISM_STATUS_H
#define PRISM_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

enum prism_status {
  PRISM_STATUS_OK = 0,
  PRISM_STATUS_BUS_FAULT = 1, /* an access of the CPU itself failed */
  PRISM_STATUS_TIMEOUT = 2,   /* a device did not answer in time */
  PRISM_STATUS_NO_DEVICE = 3, /* the identity register holds something else */
  PRISM_STATUS_ARGUMENT = 4,  /* the caller asked for something impossible */
  PRISM_STATUS_NO_MEMORY = 5, /* the heap is used up */
  PRISM_STATUS_SCRATCHPAD_TOO_SMALL = 6,
  PRISM_STATUS_BAD_JOB = 7,          /* wrong magic or version, or fields that contradict each other */
  PRISM_STATUS_CONTEXT_TOO_LONG = 8, /* no room in the KV cache for all steps */
  PRISM_STATUS_DMA_ERROR = 9,        /* details in the channel's fault record */
  PRISM_STATUS_COMPUTE_ERROR = 10,   /* details in the driver's fault record */
  PRISM_STATUS_PHOTONIC_ERROR = 11,  /* details in the driver's `error` */
  PRISM_STATUS_PROTOCOL = 12,        /* a device did what its contract rules out */
  PRISM_STATUS_UNHEALTHY = 13,       /* rows of the photonic core are bad, and stay so */
};

/* A short description, never null. */
const char* status_text(enum prism_status status);

/* Returns from the calling function with the status of `call` unless it is OK. */
#define PRISM_TRY(call)                                   \
  do {                                                    \
    const enum prism_status try_status = (call);          \
    if (try_status != PRISM_STATUS_OK) return try_status; \
  } while (0)

#ifdef __cplusplus
}
#endif

#endif
