/* SPDX-License-Identifier: Apache-2.0 */
/* Test finisher: ends the simulation, as QEMU's `sifive_test`. */
#ifndef PRISM_HW_FINISHER_H
#define PRISM_HW_FINISHER_H

#define FINISHER_CONTROL 0x0u /* WO 32: FINISHER_*, exit code in the upper half */

#define FINISHER_FAIL 0x3333u
#define FINISHER_PASS 0x5555u

#endif
