/* SPDX-License-Identifier: Apache-2.0 */
/* UART: National 16550A, byte-wide registers at consecutive addresses, as in QEMU's `virt` machine. */
#ifndef PRISM_HW_UART_H
#define PRISM_HW_UART_H

#define UART_DATA 0x0u /* read: receive buffer; write: transmit holding; DLAB: divisor, low byte */
#define UART_IER 0x1u  /* interrupt enable; DLAB: divisor, high byte */
#define UART_IIR 0x2u  /* read: interrupt identification; write: FIFO control */
#define UART_LCR 0x3u  /* line control */
#define UART_MCR 0x4u  /* modem control */
#define UART_LSR 0x5u  /* line status */
#define UART_MSR 0x6u  /* modem status */
#define UART_SCRATCH 0x7u

#define UART_IER_RECEIVED 0x01u
#define UART_IER_TRANSMIT_EMPTY 0x02u
#define UART_IIR_NONE 0x01u
#define UART_IIR_TRANSMIT_EMPTY 0x02u
#define UART_IIR_RECEIVED 0x04u
#define UART_IIR_FIFOS 0xC0u /* read: FIFOs are enabled */
#define UART_FCR_ENABLE 0x01u
#define UART_FCR_CLEAR_RECEIVE 0x02u
#define UART_LCR_DLAB 0x80u
#define UART_LSR_DATA_READY 0x01u
#define UART_LSR_TRANSMIT_EMPTY 0x20u /* holding register empty */
#define UART_LSR_TRANSMIT_IDLE 0x40u  /* and the shift register too */
#define UART_MSR_READY 0xB0u          /* DCD, DSR, CTS: a terminal is connected */

#endif
