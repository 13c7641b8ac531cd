// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/reference_attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/unit/workload/test_workload.h"

namespace prism::workload {
namespace {

/// Attention of one query head over the tokens with keep[token], by the textbook.
struct Textbook {
  std::vector<double> weights;
  std::vector<double> output;

  Textbook(const SyntheticContent& content, const HeadIndex& head, std::uint32_t step, std::size_t query_head,
           const std::vector<bool>& keep) {
    const std::size_t d = content.model().head_dimension;
    const auto tokens = static_cast<std::uint32_t>(keep.size());
    const auto query = queries_of(content, head, step);
    const auto keys = keys_of(content, head, 0, tokens);
    const auto values = values_of(content, head, 0, tokens);
    double total = 0;
    for (std::uint32_t t = 0; t < tokens; ++t) {
      double score = 0;
      for (std::size_t i = 0; i < d; ++i) {
        score += static_cast<double>(float_from_bf16(query[query_head * d + i])) *
                 float_from_bf16(keys[t * d + i]);
      }
      weights.push_back(keep[t] ? std::exp(score / std::sqrt(static_cast<double>(d))) : 0.0);
      total += weights.back();
    }
    output.assign(d, 0.0);
    for (std::uint32_t t = 0; t < tokens; ++t) {
      weights[t] /= total;
      for (std::size_t i = 0; i < d; ++i) output[i] += weights[t] * float_from_bf16(values[t * d + i]);
    }
  }
};

TEST(ReferenceAttention, EqualsTheTextbook) {
  const SyntheticContent content(small_workload(), 1);
  const HeadIndex head{1, 0, 1};
  // Whole and partly filled last blocks; a block size that is no multiple of the vector width's panel.
  for (const auto& [block_tokens, tokens] : {std::pair{32u, 1000u}, {32u, 992u}, {8u, 1003u}, {128u, 1u}}) {
    const std::uint32_t blocks = (tokens + block_tokens - 1) / block_tokens;
    std::vector<std::uint8_t> attended(blocks, 0);
    for (std::uint32_t b = 0; b < blocks; b += 3) attended[b] = 1;
    std::vector<bool> keep(tokens);
    for (std::uint32_t t = 0; t < tokens; ++t) keep[t] = attended[t / block_tokens] != 0;

    ReferenceAttention reference(content, block_tokens);
    reference.compute(head, 1, tokens, attended);
    std::vector<double> mass(blocks, 0.0);
    for (std::size_t h = 0; h < 2; ++h) {
      const Textbook dense(content, head, 1, h, std::vector<bool>(tokens, true));
      const Textbook restricted(content, head, 1, h, keep);
      for (std::uint32_t t = 0; t < tokens; ++t) mass[t / block_tokens] += dense.weights[t] / 2;
      for (std::size_t i = 0; i < 64; ++i) {
        ASSERT_NEAR(reference.dense_output()[h * 64 + i], dense.output[i], 1e-12);
        ASSERT_NEAR(reference.restricted_output()[h * 64 + i], restricted.output[i], 1e-12);
      }
    }
    ASSERT_EQ(reference.blocks(), blocks);
    for (std::uint32_t b = 0; b < blocks; ++b) ASSERT_NEAR(reference.block_mass()[b], mass[b], 1e-13);
    EXPECT_NEAR(std::accumulate(mass.begin(), mass.end(), 0.0), 1.0, 1e-12);
  }
}

TEST(ReferenceAttention, IsTheSameOnEveryInstructionSet) {
  const SyntheticContent content(small_workload(), 1);
  ReferenceAttention portable(content, 32, portable_kernels());
  ReferenceAttention best(content, 32, best_kernels());
  const std::vector<std::uint8_t> attended(32, 1);
  for (ReferenceAttention* reference : {&portable, &best}) reference->compute({0, 1, 1}, 0, 1001, attended);
  EXPECT_EQ(portable.block_mass(), best.block_mass());
  EXPECT_EQ(portable.dense_output(), best.dense_output());
  EXPECT_EQ(portable.restricted_output(), best.restricted_output());
}

TEST(ReferenceAttention, NothingAttendedGivesZero) {
  const SyntheticContent content(small_workload(), 1);
  ReferenceAttention reference(content, 32);
  reference.compute({0, 0, 0}, 0, 100, std::vector<std::uint8_t>(4, 0));
  EXPECT_EQ(reference.restricted_output(), std::vector<double>(128, 0.0));
}

TEST(BestBlocks, OrdersByMassThenIndex) {
  const std::vector<double> mass = {0.1, 0.3, 0.1, 0.2, 0.3, 0.9};
  EXPECT_EQ(best_blocks(mass, 5, 4), (std::vector<std::uint32_t>{1, 4, 3, 0}));
  EXPECT_EQ(best_blocks(mass, 6, 1), (std::vector<std::uint32_t>{5}));
  EXPECT_EQ(best_blocks(mass, 3, 9), (std::vector<std::uint32_t>{1, 0, 2}));
  EXPECT_TRUE(best_blocks(mass, 6, 0).empty());
}

}  // namespace
}  // namespace prism::workload
