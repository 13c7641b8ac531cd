// SPDX-License-Identifier: Apache-2.0
// Where a channel's descriptors and completion records lie, and how many wait.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "prism/hw/dma.h"

namespace prism::dma {

/// Producer and consumer run freely modulo 2^32; entry n lies at n modulo the ring's size.
struct DescriptorRing {
  static constexpr std::uint32_t kMinEntries = 2;
  static constexpr std::uint32_t kMaxEntries = 65536;

  std::uint64_t address = 0;
  std::uint64_t completion_base = 0;  // 0: no records
  std::uint32_t entries = 0;
  std::uint32_t producer = 0;
  std::uint32_t consumer = 0;
  std::uint32_t laps = 1;  // rings that the producer may be ahead

  std::uint32_t pending() const { return producer - consumer; }

  /// Size a power of two within bounds; both rings naturally aligned and below the top of the address space;
  /// producer not too far ahead.
  bool valid() const {
    if (!std::has_single_bit(entries) || entries < kMinEntries || entries > kMaxEntries) return false;
    if (address % sizeof(dma_descriptor) != 0 || completion_base % alignof(dma_completion) != 0) return false;
    constexpr std::uint64_t kTop = std::numeric_limits<std::uint64_t>::max();
    if (address > kTop - entries * sizeof(dma_descriptor)) return false;
    if (completion_base > kTop - entries * sizeof(dma_completion)) return false;
    return pending() <= std::uint64_t{entries} * laps;
  }

  /// How often the descriptor at the consumer has been executed before.
  std::uint32_t lap() const { return consumer / entries; }

  /// Of the descriptor at the consumer; the ring must be valid.
  std::uint64_t descriptor_address() const { return address + slot() * sizeof(dma_descriptor); }
  std::uint64_t completion_address() const { return completion_base + slot() * sizeof(dma_completion); }

 private:
  std::uint64_t slot() const { return consumer & (entries - 1); }
};

}  // namespace prism::dma
