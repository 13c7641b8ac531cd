/* SPDX-License-Identifier: Apache-2.0 */
/* Register and memory access: the only way by which firmware touches the machine. Native builds get these
 * functions from the host CPU model (models/cpu) or from a test; all state is in `struct hal`, so there are
 * no globals. On RISC-V they are volatile loads and stores, and `hal` is ignored.
 *
 * An access may fail (bus error). It then has no effect, a read returns 0, and the first fault is kept until
 * taken: what a trap handler records that skips the faulting instruction. */
#ifndef PRISM_HAL_H
#define PRISM_HAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hal;

/* Device registers: one bus access of exactly this width, in program order, at its exact time. */
uint8_t hal_read8(struct hal* hal, uint64_t address);
uint32_t hal_read32(struct hal* hal, uint64_t address);
uint64_t hal_read64(struct hal* hal, uint64_t address);
void hal_write8(struct hal* hal, uint64_t address, uint8_t value);
void hal_write32(struct hal* hal, uint64_t address, uint32_t value);
void hal_write64(struct hal* hal, uint64_t address, uint64_t value);

/* Ordinary memory: rings, lists, the job. */
void hal_read_block(struct hal* hal, uint64_t address, void* data, size_t bytes);
void hal_write_block(struct hal* hal, uint64_t address, const void* data, size_t bytes);

/* Non-zero, once, when an access has failed since the last call; `address` is then the first one that did. */
int hal_take_fault(struct hal* hal, uint64_t* address);

/* Simulated time since reset. */
uint64_t hal_time_ns(struct hal* hal);

/* Sleeps until an external interrupt is pending (at once if one is) or hal_time_ns() has reached
 * `deadline_ns`. */
void hal_wait_for_interrupt(struct hal* hal, uint64_t deadline_ns);

/* Marks one driver call. The native CPU charges its software cost; on RISC-V the instructions themselves cost
 * time and this is empty. `name` is a string literal. */
void hal_driver_call(struct hal* hal, const char* name);

#ifdef __cplusplus
}
#endif

#endif
