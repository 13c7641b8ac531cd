/* SPDX-License-Identifier: Apache-2.0 */
/* Counting semaphores: engines wait for and signal them by wire, firmware reads and changes them here. */
#ifndef PRISM_HW_SEMAPHORES_H
#define PRISM_HW_SEMAPHORES_H

#define SEMAPHORES_ID 0x000u        /* RO: SEMAPHORES_ID_VALUE */
#define SEMAPHORES_COUNT 0x004u     /* RO: semaphores in the bank */
#define SEMAPHORES_OVERFLOWS 0x008u /* RO: additions that did not fit; the value stays at its highest */
#define SEMAPHORES_VALUE(n) (0x100u + 4u * (n)) /* RW: the count */
#define SEMAPHORES_ADD(n) (0x200u + 4u * (n))   /* WO: adds to the count */
#define SEMAPHORES_MOST 64u

#define SEMAPHORES_ID_VALUE 0x53454D31u /* "SEM1" */

/* How a command of an engine names a semaphore and an amount: it waits until the count is at least the amount
 * and takes it, or adds the amount when it has ended well. 0: none. */
#define SEMAPHORES_OPERAND(index, amount) ((uint32_t)((index) + 1u) | ((uint32_t)(amount) << 16))
#define SEMAPHORES_OPERAND_INDEX(operand) (((operand)&0xFFFFu) - 1u)
#define SEMAPHORES_OPERAND_AMOUNT(operand) ((operand) >> 16)

#endif
