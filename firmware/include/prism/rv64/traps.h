/* SPDX-License-Identifier: Apache-2.0 */
/* Traps. A bus error of a hal_* access is noted and skipped (prism/hal.h says how it is reported); an
 * interrupt goes to its handler; anything else prints where it happened and ends the run. */
#ifndef PRISM_RV64_TRAPS_H
#define PRISM_RV64_TRAPS_H

#include <stdint.h>

/* Called with interrupts off. It must clear what raised the interrupt. */
typedef void (*rv64_interrupt_handler)(void);

/* `cause`: RV64_CAUSE_SOFTWARE, _TIMER or _EXTERNAL. The caller enables the interrupt in mie and mstatus. */
void rv64_set_interrupt_handler(uint64_t cause, rv64_interrupt_handler handler);

/* What hal_take_fault() takes. */
int rv64_take_fault(uint64_t* address);

#define RV64_EXIT_TRAP 255 /* exit code after an unexpected trap */

#endif
