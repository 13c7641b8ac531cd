/* SPDX-License-Identifier: Apache-2.0 */
/* Why a byte moves: the index that firmware writes into a descriptor or command. Same order as
 * prism::Purpose. */
#ifndef PRISM_HW_PURPOSE_H
#define PRISM_HW_PURPOSE_H

#define PRISM_PURPOSE_WEIGHTS 0u
#define PRISM_PURPOSE_KV_READ 1u
#define PRISM_PURPOSE_KV_APPEND 2u
#define PRISM_PURPOSE_SIGNATURE_SCAN 3u
#define PRISM_PURPOSE_SIGNATURE_WRITE 4u
#define PRISM_PURPOSE_BANK_RELOAD 5u
#define PRISM_PURPOSE_DESCRIPTORS 6u
#define PRISM_PURPOSE_FIRMWARE 7u
#define PRISM_PURPOSE_OTHER 8u

#endif
