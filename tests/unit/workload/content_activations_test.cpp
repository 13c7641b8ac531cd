// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/content_activations.h"

#include <gtest/gtest.h>

#include "tests/unit/workload/test_workload.h"

namespace prism::workload {
namespace {

struct Vectors {
  std::vector<Bfloat16> queries = std::vector<Bfloat16>(std::size_t{256}, 0xEEEE);
  std::vector<Bfloat16> keys = std::vector<Bfloat16>(std::size_t{128}, 0xEEEE);
  std::vector<Bfloat16> values = std::vector<Bfloat16>(std::size_t{128}, 0xEEEE);

  Vectors(const ContentActivations& source, std::uint32_t sequence, std::uint32_t layer, std::uint32_t step) {
    source.fill(sequence, layer, step, queries, keys, values);
  }
};

TEST(ContentActivations, AreTheContentOfTheStepsToken) {
  const SyntheticContent content(small_workload(), 1);
  const ContentActivations source(content, small_workload());
  const Vectors vectors(source, 1, 2, 2);
  for (std::size_t h = 0; h < 2; ++h) {
    const HeadIndex head{1, 2, static_cast<std::uint32_t>(h)};
    EXPECT_TRUE(
        std::ranges::equal(std::span(vectors.queries).subspan(h * 128, 128), queries_of(content, head, 2)));
    EXPECT_TRUE(
        std::ranges::equal(std::span(vectors.keys).subspan(h * 64, 64), keys_of(content, head, 1002, 1)));
    EXPECT_TRUE(
        std::ranges::equal(std::span(vectors.values).subspan(h * 64, 64), values_of(content, head, 1002, 1)));
  }
  EXPECT_EQ(source.shape().query_heads, 4u);
  EXPECT_EQ(source.shape().kv_heads, 2u);
  EXPECT_EQ(source.shape().head_dimension, 64u);
}

TEST(ContentActivations, AreZeroOutsideTheWorkload) {
  const SyntheticContent content(small_workload(), 1);
  const ContentActivations source(content, small_workload());
  for (const auto& [sequence, layer, step] :
       {std::array{2u, 0u, 0u}, {0u, 3u, 0u}, {0u, 0u, 3u}, {0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu}}) {
    const Vectors vectors(source, sequence, layer, step);
    EXPECT_EQ(vectors.queries, std::vector<Bfloat16>(std::size_t{256}, 0));
    EXPECT_EQ(vectors.keys, std::vector<Bfloat16>(std::size_t{128}, 0));
    EXPECT_EQ(vectors.values, std::vector<Bfloat16>(std::size_t{128}, 0));
  }
}

}  // namespace
}  // namespace prism::workload
