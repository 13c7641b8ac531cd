// SPDX-License-Identifier: Apache-2.0
#include "models/dma/descriptor.h"

#include <cstring>

namespace prism::dma {

static_assert(sizeof(dma_descriptor) == 64 && sizeof(dma_completion) == 16);

namespace {

bool wraps(std::uint64_t address, std::uint64_t bytes) {
  std::uint64_t last = 0;
  return __builtin_add_overflow(address, bytes - 1, &last);
}

/// Whether `count` elements of `bytes`, `stride` apart, run past the top of the address space.
bool wraps(std::uint64_t address, std::uint64_t stride, std::uint64_t count, std::uint64_t bytes) {
  std::uint64_t last = 0;
  return __builtin_mul_overflow(stride, count - 1, &last) || __builtin_add_overflow(address, last, &last) ||
         wraps(last, bytes);
}

bool has_list(const dma_descriptor& descriptor) {
  return descriptor.opcode == DMA_OP_GATHER || descriptor.opcode == DMA_OP_SCATTER;
}

std::uint64_t elements_of(const dma_descriptor& descriptor) {
  const bool single = descriptor.opcode == DMA_OP_COPY || descriptor.opcode == DMA_OP_FILL;
  return single ? 1 : descriptor.count;
}

std::uint32_t check_list(const dma_descriptor& descriptor) {
  if (descriptor.list_address % sizeof(std::uint32_t) != 0) return DMA_ERROR_ALIGNMENT;
  if (wraps(descriptor.list_address, descriptor.count * sizeof(std::uint32_t))) return DMA_ERROR_LENGTH;
  if (descriptor.opcode == DMA_OP_GATHER) {
    return wraps(descriptor.destination, descriptor.bytes * descriptor.count) ? DMA_ERROR_LENGTH
                                                                              : DMA_ERROR_NONE;
  }
  if (descriptor.stride < descriptor.bytes) return DMA_ERROR_STRIDE;
  const bool bounded = descriptor.index_limit != 0 && !wraps(descriptor.destination, descriptor.stride,
                                                             descriptor.index_limit, descriptor.bytes);
  return bounded && !wraps(descriptor.source, descriptor.bytes * descriptor.count) ? DMA_ERROR_NONE
                                                                                   : DMA_ERROR_LENGTH;
}

std::uint32_t check_rows(const dma_descriptor& descriptor) {
  if (descriptor.destination_stride < descriptor.bytes) return DMA_ERROR_STRIDE;
  const bool wrapping =
      wraps(descriptor.source, descriptor.stride, descriptor.count, descriptor.bytes) ||
      wraps(descriptor.destination, descriptor.destination_stride, descriptor.count, descriptor.bytes);
  return wrapping ? DMA_ERROR_LENGTH : DMA_ERROR_NONE;
}

std::uint32_t check_append(const dma_descriptor& descriptor) {
  const std::uint64_t bytes = descriptor.bytes;
  const std::uint64_t plane = descriptor.destination_stride;
  if (descriptor.stride < bytes || plane < bytes) return DMA_ERROR_STRIDE;
  if (wraps(descriptor.source, 2 * bytes * descriptor.count)) return DMA_ERROR_LENGTH;
  std::uint64_t values = 0;
  if (__builtin_add_overflow(descriptor.destination, plane, &values)) return DMA_ERROR_LENGTH;
  if (wraps(values, descriptor.stride, descriptor.count, bytes)) return DMA_ERROR_LENGTH;
  // A head's value lies before the next head's key, or all values lie behind all keys.
  const bool within = plane <= descriptor.stride - bytes;
  const bool behind = plane >= descriptor.stride * (descriptor.count - 1) + bytes;
  return within || behind ? DMA_ERROR_NONE : DMA_ERROR_STRIDE;
}

std::uint32_t check_signature(const dma_descriptor& descriptor) {
  constexpr std::uint64_t kElement = sizeof(std::uint16_t);
  const std::uint64_t addresses = descriptor.source | descriptor.destination | descriptor.list_address;
  if ((addresses | descriptor.bytes) % kElement != 0) return DMA_ERROR_ALIGNMENT;
  if (descriptor.bytes > DMA_MAX_DIMENSION * kElement) return DMA_ERROR_LENGTH;
  if (descriptor.output_dimension == 0 || descriptor.output_dimension > DMA_MAX_DIMENSION) {
    return DMA_ERROR_LENGTH;
  }
  const bool wrapping = wraps(descriptor.source, descriptor.bytes * descriptor.count) ||
                        wraps(descriptor.list_address, descriptor.bytes * descriptor.output_dimension) ||
                        wraps(descriptor.destination, kElement * descriptor.output_dimension);
  return wrapping ? DMA_ERROR_LENGTH : DMA_ERROR_NONE;
}

std::uint32_t check(const dma_descriptor& descriptor) {
  if (descriptor.opcode == 0 || descriptor.opcode > DMA_OP_NOP || descriptor.reserved0 != 0)
    return DMA_ERROR_OPCODE;
  const std::uint32_t flags =
      DMA_FLAG_INTERRUPT | (descriptor.opcode == DMA_OP_SIGNATURE ? DMA_FLAG_FP16 : 0);
  if ((descriptor.flags & ~flags) != 0) return DMA_ERROR_OPCODE;
  if (!purpose_from_index(descriptor.purpose)) return DMA_ERROR_OPCODE;
  if (descriptor.opcode == DMA_OP_NOP) return DMA_ERROR_NONE;

  const std::uint64_t planes = descriptor.opcode == DMA_OP_APPEND ? 2 : 1;
  const std::uint64_t elements = elements_of(descriptor);
  if (descriptor.bytes == 0 || elements == 0) return DMA_ERROR_LENGTH;
  if (descriptor.bytes > DMA_MAX_BYTES / (planes * elements)) return DMA_ERROR_LENGTH;
  switch (descriptor.opcode) {
    case DMA_OP_GATHER:
    case DMA_OP_SCATTER:
      return check_list(descriptor);
    case DMA_OP_COPY_2D:
      return check_rows(descriptor);
    case DMA_OP_APPEND:
      return check_append(descriptor);
    case DMA_OP_SIGNATURE:
      return check_signature(descriptor);
    default:
      break;
  }
  if (wraps(descriptor.destination, descriptor.bytes)) return DMA_ERROR_LENGTH;
  const bool reads = descriptor.opcode == DMA_OP_COPY;
  return reads && wraps(descriptor.source, descriptor.bytes) ? DMA_ERROR_LENGTH : DMA_ERROR_NONE;
}

OperationKind kind_of(const dma_descriptor& descriptor) {
  switch (descriptor.opcode) {
    case DMA_OP_NOP:
      return OperationKind::kNothing;
    case DMA_OP_FILL:
      return OperationKind::kFill;
    case DMA_OP_SIGNATURE:
      return OperationKind::kSignature;
    default:
      return OperationKind::kMove;
  }
}

/// Where the elements lie at each side; contiguous unless said otherwise.
void place_elements(const dma_descriptor& descriptor, Operation& operation) {
  operation.source.stride = operation.destination.stride = descriptor.bytes;
  switch (descriptor.opcode) {
    case DMA_OP_GATHER:
      operation.list = ListUse::kSource;
      operation.source.stride = descriptor.stride;
      break;
    case DMA_OP_SCATTER:
      operation.list = ListUse::kDestination;
      operation.destination.stride = descriptor.stride;
      break;
    case DMA_OP_COPY_2D:
      operation.source.stride = descriptor.stride;
      operation.destination.stride = descriptor.destination_stride;
      break;
    case DMA_OP_APPEND:
      operation.planes = 2;
      operation.source.plane = descriptor.bytes * descriptor.count;
      operation.destination.stride = descriptor.stride;
      operation.destination.plane = descriptor.destination_stride;
      break;
    default:
      break;
  }
}

}  // namespace

DecodedDescriptor decode(std::span<const std::byte, sizeof(dma_descriptor)> raw) {
  dma_descriptor descriptor;
  std::memcpy(&descriptor, raw.data(), sizeof descriptor);
  DecodedDescriptor decoded{check(descriptor),
                            descriptor.tag,
                            descriptor.wait,
                            descriptor.signal,
                            (descriptor.flags & DMA_FLAG_INTERRUPT) != 0,
                            {}};
  if (decoded.error != DMA_ERROR_NONE) return decoded;
  Operation& operation = decoded.operation;
  operation.kind = kind_of(descriptor);
  operation.purpose = *purpose_from_index(descriptor.purpose);
  operation.fp16 = (descriptor.flags & DMA_FLAG_FP16) != 0;
  operation.source.base = descriptor.source;
  operation.destination.base = descriptor.destination;
  operation.element_bytes = descriptor.bytes;
  operation.elements = static_cast<std::uint32_t>(elements_of(descriptor));
  operation.list_address = descriptor.list_address;
  operation.index_limit = has_list(descriptor) ? descriptor.index_limit : 0;
  operation.output_dimension = descriptor.output_dimension;
  place_elements(descriptor, operation);
  return decoded;
}

}  // namespace prism::dma
