// SPDX-License-Identifier: Apache-2.0
// Descriptors of the DMA engine, checked once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/common/purpose.h"
#include "prism/hw/dma.h"

namespace prism::dma {

enum class OperationKind : std::uint8_t { kNothing, kMove, kFill, kSignature };
enum class ListUse : std::uint8_t { kNone, kSource, kDestination };

/// Elements from one pattern of addresses to another: element i of plane p lies at
/// base + p * plane + (list[i] or i) * stride.
struct Operation {
  struct Pattern {
    std::uint64_t base = 0;
    std::uint64_t stride = 0;
    std::uint64_t plane = 0;
  };

  OperationKind kind = OperationKind::kMove;
  Purpose purpose = Purpose::kOther;
  ListUse list = ListUse::kNone;  // whose pattern the list indexes
  bool fp16 = false;              // kSignature
  Pattern source;                 // kFill: its base is the pattern of bytes
  Pattern destination;
  std::uint64_t element_bytes = 0;
  std::uint32_t elements = 0;  // of a plane
  std::uint32_t planes = 1;
  std::uint64_t list_address = 0;      // kSignature: the matrix
  std::uint32_t index_limit = 0;       // 0: none
  std::uint32_t output_dimension = 0;  // kSignature

  std::uint64_t total_elements() const { return std::uint64_t{elements} * planes; }
};

struct DecodedDescriptor {
  std::uint32_t error;  // DMA_ERROR_*; the operation counts only without one
  std::uint32_t tag;
  std::uint32_t wait;
  std::uint32_t signal;
  bool interrupt;
  Operation operation;
};

/// Checks everything that can be checked without memory and semaphores. Ranges that run past the top of the
/// 64-bit address space are DMA_ERROR_LENGTH; addresses of gathered elements are taken modulo 2^64.
DecodedDescriptor decode(std::span<const std::byte, sizeof(dma_descriptor)> raw);

}  // namespace prism::dma
