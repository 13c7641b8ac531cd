// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/kv_page_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "platform/workload/projection.h"
#include "tests/unit/workload/test_workload.h"

namespace prism::workload {
namespace {

constexpr std::uint64_t kBase = 0x10'0000'0000;
constexpr std::uint32_t kBlock = 32;
constexpr std::uint32_t kSignature = 16;

class KvPageSourceTest : public testing::Test {
 protected:
  KvPageSource make_source() const {
    return KvPageSource(content_, layout_, workload_, random_projection(3, kSignature, 64), kBase);
  }

  static std::vector<std::byte> read(const KvPageSource& source, std::uint64_t address, std::size_t bytes) {
    std::vector<std::byte> out(bytes, std::byte{0xEE});
    source.read(address - kBase, out);
    return out;
  }

  static std::vector<Bfloat16> read_elements(const KvPageSource& source, std::uint64_t address,
                                             std::size_t count) {
    std::vector<Bfloat16> out(count);
    source.read(address - kBase, std::as_writable_bytes(std::span(out)));
    return out;
  }

  WorkloadConfig workload_ = small_workload();
  SyntheticContent content_{workload_, 1};
  MemoryLayout layout_{workload_, kBlock, kSignature, kBase};
};

TEST_F(KvPageSourceTest, HoldsKeysAndValuesOfTheContext) {
  const KvPageSource source = make_source();
  for (const HeadIndex& head : {HeadIndex{0, 0, 0}, {1, 2, 1}}) {
    for (const std::uint32_t token : {0u, 31u, 32u, 500u, 999u}) {
      EXPECT_EQ(read_elements(source, layout_.key_address(head, token), 64),
                keys_of(content_, head, token, 1));
      EXPECT_EQ(read_elements(source, layout_.value_address(head, token), 64),
                values_of(content_, head, token, 1));
    }
    // Block 31 has 8 tokens of the context; the run appends the rest.
    for (const std::uint32_t token : {1000u, 1002u, 1023u}) {
      EXPECT_EQ(read_elements(source, layout_.key_address(head, token), 64), std::vector<Bfloat16>(64, 0));
      EXPECT_EQ(read_elements(source, layout_.value_address(head, token), 64), std::vector<Bfloat16>(64, 0));
    }
  }
}

TEST_F(KvPageSourceTest, AnySliceEqualsTheWhole) {
  const KvPageSource source = make_source();
  // From the projection over all signatures and the gap into the K/V of the first heads.
  const std::uint64_t begin = layout_.projection_base() - 100;
  const std::vector<std::byte> head = read(source, begin, layout_.signature_base() + 8192 - begin);
  const std::uint64_t kv_begin = layout_.kv_base() - 64;
  const std::vector<std::byte> kv = read(source, kv_begin, 3 * layout_.kv_head_stride());
  const CounterRandom random(1, 2);
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const CounterRandom::Words words = random.words(i);
    const std::vector<std::byte>& whole = i % 4 == 0 ? head : kv;
    const std::uint64_t offset = words[0] % (whole.size() - 1);
    const std::size_t longest = words[2] % 8 == 0 ? 20000 : 300;
    const std::size_t bytes = 1 + words[1] % std::min<std::size_t>(longest, whole.size() - offset);
    std::vector<std::byte> slice(bytes + 3, std::byte{0xEE});
    const std::size_t shift = words[3] % 4;  // the destination's alignment
    source.read((i % 4 == 0 ? begin : kv_begin) + offset - kBase,
                std::span(slice).subspan(shift).first(bytes));
    ASSERT_EQ(std::memcmp(&slice[shift], &whole[offset], bytes), 0)
        << "offset " << offset << " bytes " << bytes;
    ASSERT_TRUE(
        std::all_of(slice.begin(), slice.begin() + shift, [](std::byte b) { return b == std::byte{0xEE}; }));
  }
}

TEST_F(KvPageSourceTest, SignaturesAreTheProjectedMeanKeys) {
  const KvPageSource source = make_source();
  const std::vector<Bfloat16> projection = random_projection(3, kSignature, 64);
  for (const HeadIndex& head : {HeadIndex{0, 0, 1}, {1, 1, 0}}) {
    for (const std::uint32_t block : {0u, 1u, 30u}) {
      const auto keys = keys_of(content_, head, block * kBlock, kBlock);
      const auto signature = read_elements(source, layout_.signature_address(head, block), kSignature);
      for (std::uint32_t o = 0; o < kSignature; ++o) {
        // In fp32 and index order, as the compute engine works.
        float expected = 0;
        for (std::uint32_t c = 0; c < 64; ++c) {
          float mean = 0;
          for (std::uint32_t t = 0; t < kBlock; ++t) mean += float_from_bf16(keys[t * 64 + c]);
          mean /= static_cast<float>(kBlock);
          expected += float_from_bf16(projection[o * 64 + c]) * mean;
        }
        EXPECT_EQ(signature[o], bf16_from_float(expected)) << "block " << block << " element " << o;
      }
    }
    // The incomplete block has none yet.
    EXPECT_EQ(read_elements(source, layout_.signature_address(head, 31), kSignature),
              std::vector<Bfloat16>(kSignature, 0));
  }
}

TEST_F(KvPageSourceTest, PrecomputedSignaturesAreTheSame) {
  const KvPageSource lazy = make_source();
  KvPageSource eager = make_source();
  eager.precompute_signatures(2);
  const std::uint64_t bytes = layout_.heads() * layout_.signature_head_stride();
  EXPECT_EQ(read(lazy, layout_.signature_base(), bytes), read(eager, layout_.signature_base(), bytes));
}

TEST_F(KvPageSourceTest, HoldsTheProjectionAndNothingElse) {
  const KvPageSource source = make_source();
  EXPECT_EQ(read_elements(source, layout_.projection_base(), std::size_t{kSignature} * 64),
            random_projection(3, kSignature, 64));
  EXPECT_EQ(read(source, layout_.weights_base() + 12345, 100), std::vector<std::byte>(100));
  EXPECT_EQ(read(source, layout_.signature_base() - 100, 100), std::vector<std::byte>(100));
  EXPECT_EQ(read(source, layout_.end(), 100), std::vector<std::byte>(100));
}

TEST_F(KvPageSourceTest, AContextShorterThanABlockHasNoSignatures) {
  workload_.context_tokens = 20;
  const SyntheticContent content(workload_, 1);
  const MemoryLayout layout(workload_, kBlock, kSignature, kBase);
  KvPageSource source(content, layout, workload_, random_projection(3, kSignature, 64), kBase);
  source.precompute_signatures(2);
  EXPECT_EQ(read(source, layout.signature_base(), 64), std::vector<std::byte>(64));
}

}  // namespace
}  // namespace prism::workload
