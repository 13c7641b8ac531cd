// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace prism::memory {

/// The content of memory that nobody has written yet, made on demand. Must be a pure function of the address.
class PageSource {
 public:
  virtual ~PageSource() = default;

  /// Fills all of `out` with the content at `address`; any length and alignment.
  virtual void read(std::uint64_t address, std::span<std::byte> out) const = 0;
};

}  // namespace prism::memory
