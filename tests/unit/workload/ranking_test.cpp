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

/// The heads that the accuracy of a run is evaluated for, and their blocks ranked by exact arithmetic on
/// signatures.
class Rankings {
 public:
  explicit Rankings(const WorkloadConfig& workload)
      : workload_(workload), content_(workload, 1), blocks_(workload.context_tokens / kBlock) {
    const AccuracyEvaluator sample(content_, workload_, kBlock);
    for (std::uint32_t number = 0; number < workload_.model.pairs(); ++number) {
      const HeadIndex head{0, number / workload_.model.kv_heads, number % workload_.model.kv_heads};
      if (!sample.wants(head)) continue;
      heads_.push_back(head);
      rankings_.push_back(rank(head));
    }
  }

  const std::vector<HeadIndex>& heads() const { return heads_; }
  const SyntheticContent& content() const { return content_; }

  AccuracySummary accuracy(std::uint32_t k) const {
    AccuracyEvaluator evaluator(content_, workload_, kBlock);
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      const std::vector<std::uint32_t> best(rankings_[i].begin(), rankings_[i].begin() + k);
      evaluator.record({heads_[i], 0, workload_.context_tokens + 1, blocks_, best, {}});
    }
    return summarize(evaluator.evaluate(2));
  }

 private:
  std::vector<std::uint32_t> rank(const HeadIndex& head) const {
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
  std::vector<HeadIndex> heads_;
  std::vector<std::vector<std::uint32_t>> rankings_;
};

WorkloadConfig documented_workload(std::uint32_t context_tokens) {
  WorkloadConfig out;
  out.context_tokens = context_tokens;
  out.accuracy_pairs = 28;
  out.content = {.topics = 64,
                 .topic_strength = 0.5,
                 .focus = 1,
                 .noise = 1.2,
                 .sink_strength = 8,
                 .needles = 1,
                 .needle_strength = 16};
  return out;
}

struct Documented {
  std::uint32_t k;
  double recall;
  double needle_hits;
};

void expect_table(std::uint32_t context_tokens, const std::vector<Documented>& rows) {
  const Rankings rankings(documented_workload(context_tokens));
  ASSERT_EQ(rankings.heads().size(), 28u);
  for (const Documented& row : rows) {
    const AccuracySummary summary = rankings.accuracy(row.k);
    EXPECT_NEAR(summary.recall_at_k, row.recall, 0.005) << context_tokens << " k " << row.k;
    EXPECT_NEAR(summary.needle_hit_rate.value(), row.needle_hits, 0.005) << context_tokens << " k " << row.k;
  }
}

/// The table of docs/workload.md.
TEST(Ranking, DocumentedTable4K) {
  expect_table(4096, {{8, 0.48, 1.0}, {16, 0.60, 1.0}, {32, 1.0, 1.0}});
}
TEST(Ranking, DocumentedTable8K) {
  expect_table(8192, {{8, 0.43, 0.89}, {16, 0.51, 1.0}, {32, 0.64, 1.0}});
}
TEST(Ranking, DocumentedTable16K) {
  expect_table(16384, {{8, 0.30, 1.0}, {16, 0.32, 1.0}, {32, 0.40, 1.0}});
}
TEST(Ranking, DocumentedTable32K) {
  expect_table(32768, {{8, 0.23, 0.89}, {16, 0.23, 0.93}, {32, 0.27, 1.0}});
}
TEST(Ranking, DocumentedTable64K) {
  expect_table(65536, {{8, 0.14, 0.93}, {16, 0.13, 0.96}, {32, 0.16, 1.0}});
}

TEST(Ranking, ExactRankingFindsEveryNeedleAtDefaultStrengths) {
  WorkloadConfig workload;
  workload.context_tokens = 16384;
  const SyntheticContent content(workload, 1);
  ReferenceAttention reference(content, kBlock);
  for (std::uint32_t layer = 0; layer < 28; layer += 3) {
    const HeadIndex head{0, layer, layer % 4};
    reference.compute(head, 0, workload.context_tokens, std::vector<std::uint8_t>(128, 1));
    const std::vector<std::uint32_t> best = best_blocks(reference.block_mass(), 128, 32);
    EXPECT_NE(std::ranges::find(best, content.needle(head, 0).first / kBlock), best.end())
        << "layer " << layer;
  }
}

TEST(Ranking, SignaturesAreBetterThanChanceAndWorseThanExactAtDefaultStrengths) {
  WorkloadConfig workload;
  workload.context_tokens = 16384;
  workload.accuracy_pairs = 14;
  const AccuracySummary summary = Rankings(workload).accuracy(32);
  EXPECT_GT(summary.recall_at_k, 0.3);  // chance: 32 of 128
  EXPECT_LT(summary.recall_at_k, 0.9);
  EXPECT_GT(summary.attention_mass, 0.3);
  EXPECT_LT(summary.attention_mass, 1.0);
}

}  // namespace
}  // namespace prism::workload
