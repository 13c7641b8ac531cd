/* SPDX-License-Identifier: Apache-2.0 */
/* A token's vectors: projected into the scratchpad, and appended to the KV cache. */
#ifndef DECODE_TOKEN_H
#define DECODE_TOKEN_H

#include <stdint.h>

#include "decode/context.h"
#include "prism/status.h"

/* Streams the layer's projection weights; leaves queries, keys and values of every sequence in the
 * activations. `step` counts tokens from the end of the context, modulo 2^32: tokens of the context have
 * negative numbers. */
enum prism_status decode_project(struct decode_context* context, uint32_t layer, uint32_t step);

/* Queues the copies of the head's projected key and value to the place of token number `token`. */
enum prism_status decode_append(struct decode_context* context, struct decode_head head, uint32_t token,
                                uint32_t* ticket);

/* Queues the mean of `count` vectors at `source`, projected to the signature space: the sketch of a query
 * group, or a block's signature. */
enum prism_status decode_sketch(struct decode_context* context, uint32_t purpose, uint64_t source,
                                uint32_t count, uint64_t destination, uint32_t* ticket);

#endif
