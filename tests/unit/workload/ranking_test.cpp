// SPDX-License-Identifier: Apache-2.0
// What the synthetic content is for, at full head size: rankings by exact mass and by signature.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/compute/sketch.h"
#include "platform/workload/accuracy.h"
#include "platform/workload/projection.h"
#include "tests/unit/workload/test_workload.h"

namespace prism::workload {
namespace {

constexpr std::uint32_t kBlock = 128;
constexpr std::uint32_t kSignature = 32;

struct Outcome {
  double recall = 0;
  double needle_hits = 0;
};

/// The heads that the accuracy of a run is evaluated for, and their blocks ranked by exact attention mass and
/// by exact arithmetic on signatures.
class Rankings {
 public:
  explicit Rankings(const WorkloadConfig& workload)
      : workload_(workload), content_(workload, 1), blocks_(workload.context_tokens / kBlock) {
    const AccuracyEvaluator sample(content_, workload_, kBlock);
    ReferenceAttention reference(content_, kBlock);
    for (std::uint32_t number = 0; number < workload_.model.pairs(); ++number) {
      const HeadIndex head{0, number / workload_.model.kv_heads, number % workload_.model.kv_heads};
      if (!sample.wants(head)) continue;
      reference.compute(head, 0, workload_.context_tokens, std::vector<std::uint8_t>(blocks_, 1));
      heads_.push_back({best_blocks(reference.block_mass(), blocks_, blocks_), rank_by_signature(head),
                        content_.needle(head, 0).first / kBlock});
    }
  }

  std::size_t heads() const { return heads_.size(); }

  Outcome by_signature(std::uint32_t k) const {
    return compare(k, [](const Head& head) -> const Ranking& { return head.by_signature; });
  }
  Outcome by_mass(std::uint32_t k) const {
    return compare(k, [](const Head& head) -> const Ranking& { return head.by_mass; });
  }

 private:
  using Ranking = std::vector<std::uint32_t>;
  struct Head {
    Ranking by_mass;
    Ranking by_signature;
    std::uint32_t needle_block;
  };

  static bool among(const Ranking& ranking, std::uint32_t k, std::uint32_t block) {
    return std::find(ranking.begin(), ranking.begin() + k, block) != ranking.begin() + k;
  }

  template <typename Choose>
  Outcome compare(std::uint32_t k, Choose choose) const {
    Outcome out;
    for (const Head& head : heads_) {
      const Ranking& ranking = choose(head);
      const auto hits = std::count_if(ranking.begin(), ranking.begin() + k,
                                      [&](std::uint32_t block) { return among(head.by_mass, k, block); });
      out.recall += static_cast<double>(hits) / k / static_cast<double>(heads_.size());
      if (among(ranking, k, head.needle_block)) out.needle_hits += 1.0 / static_cast<double>(heads_.size());
    }
    return out;
  }

  Ranking rank_by_signature(const HeadIndex& head) const {
    const std::uint32_t d = workload_.model.head_dimension;
    std::vector<Bfloat16> query(kSignature);
    std::vector<Bfloat16> signature(kSignature);
    compute::sketch(queries_of(content_, head, 0), workload_.model.group_size(), d, projection_, query);
    std::vector<double> scores(blocks_, 0.0);
    for (std::uint32_t block = 0; block < blocks_; ++block) {
      compute::sketch(keys_of(content_, head, block * kBlock, kBlock), kBlock, d, projection_, signature);
      for (std::size_t i = 0; i < kSignature; ++i) {
        scores[block] += static_cast<double>(float_from_bf16(query[i])) * float_from_bf16(signature[i]);
      }
    }
    return best_blocks(scores, blocks_, blocks_);
  }

  WorkloadConfig workload_;
  SyntheticContent content_;
  std::uint32_t blocks_;
  std::vector<Bfloat16> projection_ = random_projection(1, kSignature, 128);
  std::vector<Head> heads_;
};

WorkloadConfig documented_workload(std::uint32_t context_tokens) {
  WorkloadConfig out;
  out.context_tokens = context_tokens;
  out.functional_heads = 28;
  out.content = {.topics = 64,
                 .topic_strength = 0.5,
                 .focus = 1,
                 .noise = 1.2,
                 .sink_strength = 8,
                 .needles = 1,
                 .needle_strength = 16,
                 .needle_depths = {},
                 .trace_file = {}};
  return out;
}

struct Documented {
  std::uint32_t k;
  double recall;
  double needle_hits;
};

void expect_table(std::uint32_t context_tokens, const std::vector<Documented>& rows) {
  const Rankings rankings(documented_workload(context_tokens));
  ASSERT_EQ(rankings.heads(), 28u);
  for (const Documented& row : rows) {
    const Outcome outcome = rankings.by_signature(row.k);
    EXPECT_NEAR(outcome.recall, row.recall, 0.005) << context_tokens << " k " << row.k;
    EXPECT_NEAR(outcome.needle_hits, row.needle_hits, 0.005) << context_tokens << " k " << row.k;
  }
}

/// The table of docs/workload.md.
TEST(Ranking, DocumentedTable4K) {
  expect_table(4096, {{8, 0.46, 1.0}, {16, 0.65, 1.0}, {32, 1.0, 1.0}});
}
TEST(Ranking, DocumentedTable8K) {
  expect_table(8192, {{8, 0.40, 0.86}, {16, 0.49, 0.93}, {32, 0.65, 1.0}});
}
TEST(Ranking, DocumentedTable16K) {
  expect_table(16384, {{8, 0.29, 0.93}, {16, 0.33, 1.0}, {32, 0.40, 1.0}});
}
TEST(Ranking, DocumentedTable32K) {
  expect_table(32768, {{8, 0.25, 0.96}, {16, 0.23, 0.96}, {32, 0.29, 1.0}});
}
TEST(Ranking, DocumentedTable64K) {
  expect_table(65536, {{8, 0.17, 0.96}, {16, 0.17, 1.0}, {32, 0.19, 1.0}});
}

TEST(Ranking, AtDefaultStrengths) {
  WorkloadConfig workload;
  workload.context_tokens = 16384;
  workload.functional_heads = 14;
  const Rankings rankings(workload);
  EXPECT_NEAR(rankings.by_mass(32).needle_hits, 1.0, 1e-12) << "the exact ranking finds every needle";
  // Signatures are better than chance (32 of 128 blocks) and worse than the exact ranking.
  EXPECT_GT(rankings.by_signature(32).recall, 0.3);
  EXPECT_LT(rankings.by_signature(32).recall, 0.9);
}

}  // namespace
}  // namespace prism::workload
