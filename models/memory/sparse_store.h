// SPDX-License-Identifier: Apache-2.0
// Backing store of a memory of tens of gigabytes: only written pages cost host memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>

#include "models/memory/page_source.h"

namespace prism::memory {

/// Reads of untouched pages come straight from the page source, or are zero without one, and allocate
/// nothing. The first write to a page makes it resident. Holds content only: no timing.
class SparseStore {
 public:
  static constexpr std::uint64_t kPageBytes = std::uint64_t{64} * 1024;

  /// `source`, when given, must outlive the store.
  explicit SparseStore(std::uint64_t bytes, const PageSource* source = nullptr)
      : bytes_(bytes), source_(source) {}

  /// Affects pages that have not been written yet.
  void set_source(const PageSource* source) { source_ = source; }

  /// Any length and alignment within [0, bytes()): the caller checks the bounds of guest accesses.
  void read(std::uint64_t address, std::span<std::byte> out) const;
  void write(std::uint64_t address, std::span<const std::byte> data);

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t resident_bytes() const { return pages_.size() * kPageBytes; }

 private:
  using Page = std::unique_ptr<std::byte[]>;

  void read_untouched(std::uint64_t address, std::span<std::byte> out) const;
  std::byte* make_resident(std::uint64_t page, bool keep_content);

  std::uint64_t bytes_;
  const PageSource* source_;
  std::unordered_map<std::uint64_t, Page> pages_;  // by address / kPageBytes
};

}  // namespace prism::memory
