// SPDX-License-Identifier: Apache-2.0
#include "models/memory/sparse_store.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace prism::memory {

namespace {

/// Bytes from `address` to the end of its page.
std::uint64_t left_in_page(std::uint64_t address) {
  return SparseStore::kPageBytes - address % SparseStore::kPageBytes;
}

}  // namespace

void SparseStore::read(std::uint64_t address, std::span<std::byte> out) const {
  assert(out.size() <= bytes_ && address <= bytes_ - out.size());
  std::size_t untouched = 0;  // bytes at the front of `out` whose pages are not resident
  while (untouched < out.size()) {
    const std::uint64_t position = address + untouched;
    const std::size_t count = std::min<std::uint64_t>(out.size() - untouched, left_in_page(position));
    const auto page = pages_.find(position / kPageBytes);
    if (page == pages_.end()) {
      untouched += count;
      continue;
    }
    read_untouched(address, out.first(untouched));
    std::memcpy(out.data() + untouched, page->second.get() + position % kPageBytes, count);
    address = position + count;
    out = out.subspan(untouched + count);
    untouched = 0;
  }
  read_untouched(address, out);
}

void SparseStore::read_untouched(std::uint64_t address, std::span<std::byte> out) const {
  if (out.empty()) return;
  if (source_ != nullptr) {
    source_->read(address, out);
  } else {
    std::memset(out.data(), 0, out.size());
  }
}

void SparseStore::write(std::uint64_t address, std::span<const std::byte> data) {
  assert(data.size() <= bytes_ && address <= bytes_ - data.size());
  while (!data.empty()) {
    const std::size_t count = std::min<std::uint64_t>(data.size(), left_in_page(address));
    std::byte* page = make_resident(address / kPageBytes, count < kPageBytes);
    std::memcpy(page + address % kPageBytes, data.data(), count);
    address += count;
    data = data.subspan(count);
  }
}

std::byte* SparseStore::make_resident(std::uint64_t page, bool keep_content) {
  Page& storage = pages_[page];
  if (storage == nullptr) {
    storage = std::make_unique_for_overwrite<std::byte[]>(kPageBytes);
    const std::uint64_t address = page * kPageBytes;
    if (keep_content) read_untouched(address, {storage.get(), std::min(kPageBytes, bytes_ - address)});
  }
  return storage.get();
}

}  // namespace prism::memory
