/* SPDX-License-Identifier: Apache-2.0 */
/* Ends the simulation. */
#ifndef PRISM_DRIVERS_FINISHER_H
#define PRISM_DRIVERS_FINISHER_H

#include <stdint.h>

#include "prism/hal.h"

/* `code` 0: passed; else failed with this exit code. */
void prism_finisher_exit(struct hal* hal, uint64_t base, uint16_t code);

#endif
