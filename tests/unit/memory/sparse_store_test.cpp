// SPDX-License-Identifier: Apache-2.0
#include "models/memory/sparse_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace prism::memory {
namespace {

constexpr std::uint64_t kPage = SparseStore::kPageBytes;
constexpr std::uint64_t kHuge = 96ull << 30;

/// Every byte is a hash of its address.
struct HashSource : PageSource {
  static std::byte at(std::uint64_t address) {
    return static_cast<std::byte>((address * 0x9E3779B97F4A7C15ull) >> 56);
  }
  void read(std::uint64_t address, std::span<std::byte> out) const override {
    ++calls;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = at(address + i);
  }
  mutable int calls = 0;
};

std::vector<std::byte> read(const SparseStore& store, std::uint64_t address, std::size_t bytes) {
  std::vector<std::byte> out(bytes, std::byte{0xEE});
  store.read(address, out);
  return out;
}

TEST(SparseStore, UntouchedMemoryIsZeroAndCostsNothing) {
  const SparseStore store(kHuge);
  EXPECT_EQ(read(store, kHuge - 10, 10), std::vector<std::byte>(10));
  EXPECT_EQ(read(store, kPage - 5, 3 * kPage), std::vector<std::byte>(3 * kPage));
  EXPECT_EQ(store.resident_bytes(), 0u);
}

TEST(SparseStore, AWriteMakesItsPagesResidentAndNoOthers) {
  SparseStore store(kHuge);
  const std::vector<std::byte> data(kPage + 2, std::byte{7});
  store.write(kHuge - 2 * kPage - 1, data);  // the last byte of a page, a whole page, one byte of the last
  EXPECT_EQ(store.resident_bytes(), 3 * kPage);
  EXPECT_EQ(read(store, kHuge - 2 * kPage - 1, data.size()), data);
  EXPECT_EQ(read(store, kHuge - 2 * kPage - 2, 1)[0], std::byte{0});
  EXPECT_EQ(read(store, kHuge - kPage + 1, kPage - 1), std::vector<std::byte>(kPage - 1));
}

TEST(SparseStore, UntouchedMemoryComesFromTheSourceWithoutAllocation) {
  const HashSource source;
  const SparseStore store(kHuge, &source);
  const std::vector<std::byte> data = read(store, 5 * kPage - 3, 2 * kPage);
  for (std::size_t i = 0; i < data.size(); ++i) ASSERT_EQ(data[i], HashSource::at(5 * kPage - 3 + i));
  EXPECT_EQ(source.calls, 1);  // one call for a stretch of untouched pages
  EXPECT_EQ(store.resident_bytes(), 0u);
}

TEST(SparseStore, APartialFirstWriteKeepsTheSourceAround) {
  const HashSource source;
  SparseStore store(kHuge, &source);
  const std::byte value{0x42};
  store.write(kPage + 100, {&value, 1});
  EXPECT_EQ(source.calls, 1);
  const std::vector<std::byte> data = read(store, kPage, kPage);
  for (std::size_t i = 0; i < data.size(); ++i)
    ASSERT_EQ(data[i], i == 100 ? value : HashSource::at(kPage + i));
}

TEST(SparseStore, AFullOverwriteDoesNotAskTheSource) {
  const HashSource source;
  SparseStore store(kHuge, &source);
  store.write(kPage, std::vector<std::byte>(2 * kPage));
  EXPECT_EQ(source.calls, 0);
  EXPECT_EQ(store.resident_bytes(), 2 * kPage);
}

TEST(SparseStore, AStoreMayEndWithinAPage) {
  const HashSource source;
  SparseStore store(kPage + 10, &source);
  const std::byte value{1};
  store.write(kPage + 9, {&value, 1});
  EXPECT_EQ(read(store, kPage + 9, 1)[0], value);
  EXPECT_EQ(read(store, kPage + 8, 1)[0], HashSource::at(kPage + 8));
}

TEST(SparseStore, AgreesWithAPlainArrayOnRandomAccesses) {
  constexpr std::size_t kBytes = 6 * kPage;
  const HashSource source;
  SparseStore store(kBytes, &source);
  std::vector<std::byte> reference(kBytes);
  source.read(0, reference);
  std::mt19937 random(5);
  for (int i = 0; i < 2'000; ++i) {
    const std::size_t bytes = random() % (i % 10 == 0 ? 2 * kPage : 300);
    const std::size_t address = random() % (kBytes - bytes);
    if (i % 2 == 0) {
      std::vector<std::byte> data(bytes, static_cast<std::byte>(i));
      store.write(address, data);
      std::copy(data.begin(), data.end(), reference.begin() + static_cast<std::ptrdiff_t>(address));
    } else {
      const std::vector<std::byte> data = read(store, address, bytes);
      ASSERT_TRUE(
          std::equal(data.begin(), data.end(), reference.begin() + static_cast<std::ptrdiff_t>(address)));
    }
  }
}

}  // namespace
}  // namespace prism::memory
