// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/accuracy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <numeric>

#include "tests/unit/workload/test_workload.h"

namespace prism::workload {
namespace {

constexpr std::uint32_t kBlock = 32;
const HeadIndex kHead{1, 2, 1};

std::vector<std::uint32_t> range(std::uint32_t first, std::uint32_t end) {
  std::vector<std::uint32_t> out(end - first);
  std::iota(out.begin(), out.end(), first);
  return out;
}

std::vector<Bfloat16> to_bf16(const std::vector<double>& values) {
  std::vector<Bfloat16> out(values.size());
  std::ranges::transform(values, out.begin(),
                         [](double value) { return bf16_from_float(static_cast<float>(value)); });
  return out;
}

class AccuracyTest : public testing::Test {
 protected:
  AccuracyTest() {
    workload_.functional_heads = 0;
    workload_.content.needles = 2;
  }

  SelectionAccuracy evaluate(const Selection& selection) const {
    AccuracyEvaluator evaluator(content_, workload_, kBlock);
    evaluator.record(selection);
    return evaluator.evaluate(1).at(0);
  }

  /// All 31 complete blocks of 1001 tokens, best first.
  std::vector<std::uint32_t> exact_ranking() const {
    ReferenceAttention reference(content_, kBlock);
    reference.compute(kHead, 0, 1001, std::vector<std::uint8_t>(32, 1));
    return best_blocks(reference.block_mass(), 31, 31);
  }

  WorkloadConfig workload_ = [] {
    WorkloadConfig out = small_workload();
    out.content.needles = 2;
    return out;
  }();
  SyntheticContent content_{workload_, 1};
};

TEST_F(AccuracyTest, EverythingSelectedIsDense) {
  const SelectionAccuracy all = evaluate({kHead, 0, 1001, 31, range(0, 31), {}});
  EXPECT_EQ(all.recall_at_k, 1.0);
  EXPECT_EQ(all.attention_mass, 1.0);
  EXPECT_EQ(all.output_error, 0.0);
  EXPECT_EQ(all.needle_hit, true);
  EXPECT_FALSE(all.engine_error.has_value());
  // Nothing to rank, everything always attended.
  const SelectionAccuracy none = evaluate({kHead, 0, 1001, 0, {}, {}});
  EXPECT_EQ(none.recall_at_k, 1.0);
  EXPECT_EQ(none.output_error, 0.0);
}

TEST_F(AccuracyTest, RecallCountsTheExactBest) {
  const std::vector<std::uint32_t> ranking = exact_ranking();
  const std::vector<std::uint32_t> best(ranking.begin(), ranking.begin() + 8);
  const std::vector<std::uint32_t> worst(ranking.end() - 8, ranking.end());
  std::vector<std::uint32_t> half(ranking.begin() + 4, ranking.begin() + 12);
  const SelectionAccuracy good = evaluate({kHead, 0, 1001, 31, best, {}});
  const SelectionAccuracy bad = evaluate({kHead, 0, 1001, 31, worst, {}});
  EXPECT_EQ(good.recall_at_k, 1.0);
  EXPECT_EQ(bad.recall_at_k, 0.0);
  EXPECT_EQ(evaluate({kHead, 0, 1001, 31, half, {}}).recall_at_k, 0.5);
  std::reverse(half.begin(), half.end());
  half.push_back(31);  // the tail, attended anyway
  EXPECT_EQ(evaluate({kHead, 0, 1001, 31, half, {}}).recall_at_k, 0.5);
  EXPECT_GT(good.attention_mass, bad.attention_mass);
  EXPECT_LT(good.output_error, bad.output_error);
  EXPECT_GT(good.output_error, 0.0);
}

TEST_F(AccuracyTest, KeptMassIncludesTheWindow) {
  ReferenceAttention reference(content_, kBlock);
  reference.compute(kHead, 0, 1001, std::vector<std::uint8_t>(32, 1));
  const std::vector<double>& mass = reference.block_mass();
  const SelectionAccuracy result = evaluate({kHead, 0, 1001, 29, {5}, {}});
  EXPECT_NEAR(result.attention_mass, mass[5] + mass[29] + mass[30] + mass[31], 1e-14);
  EXPECT_TRUE(result.recall_at_k == 0.0 || result.recall_at_k == 1.0);
}

TEST_F(AccuracyTest, NeedleIsHitWhenItsBlockIsSelectedOrInTheWindow) {
  for (const std::uint32_t step : {0u, 1u, 2u}) {
    const std::uint32_t tokens = 1001 + step;
    const std::uint32_t block = content_.needle(kHead, step % 2).first / kBlock;
    std::vector<std::uint32_t> others = range(0, 31);
    std::erase(others, block);
    EXPECT_EQ(evaluate({kHead, step, tokens, 31, {block}, {}}).needle_hit, true);
    EXPECT_EQ(evaluate({kHead, step, tokens, 31, others, {}}).needle_hit, false);
    EXPECT_EQ(evaluate({kHead, step, tokens, block, {}, {}}).needle_hit, true);
  }
}

TEST_F(AccuracyTest, NoNeedlesNoHitRate) {
  workload_.content.needles = 0;
  const SyntheticContent content(workload_, 1);
  AccuracyEvaluator evaluator(content, workload_, kBlock);
  evaluator.record({kHead, 0, 1001, 31, {1}, {}});
  const auto results = evaluator.evaluate(1);
  EXPECT_FALSE(results.at(0).needle_hit.has_value());
  EXPECT_FALSE(summarize(results).needle_hit_rate.has_value());
}

TEST_F(AccuracyTest, EngineErrorComparesTheSimulatedOutput) {
  std::vector<std::uint8_t> attended(32, 0);
  attended[3] = attended[31] = 1;
  ReferenceAttention reference(content_, kBlock);
  reference.compute(kHead, 0, 1001, attended);
  const std::vector<Bfloat16> exact = to_bf16(reference.restricted_output());
  const std::vector<Bfloat16> dense = to_bf16(reference.dense_output());
  const auto error = [&](const std::vector<Bfloat16>& output) {
    return evaluate({kHead, 0, 1001, 31, {3}, output}).engine_error.value();
  };
  EXPECT_LT(error(exact), 0x1p-8);  // bf16 rounding
  EXPECT_GT(error(exact), 0.0);
  EXPECT_GT(error(dense), 0.1);
  EXPECT_EQ(error(std::vector<Bfloat16>(128, 0)), 1.0);
}

TEST_F(AccuracyTest, SampleIsEvenAndOfTheSizeAsked) {
  WorkloadConfig workload;
  workload.batch = 2;
  for (const std::uint32_t pairs : {1u, 28u, 56u, 100u, 224u, 0u, 1000u}) {
    workload.functional_heads = pairs;
    const AccuracyEvaluator evaluator(content_, workload, 128);
    const std::uint32_t expected = pairs == 0 || pairs > 224 ? 224 : pairs;
    EXPECT_EQ(evaluator.sample_size(), expected);
    std::uint32_t all = 0;
    std::vector<std::uint32_t> by_head(4, 0), by_layer(28, 0), by_sequence(2, 0);
    for (std::uint32_t number = 0; number < 224; ++number) {
      const HeadIndex head{number / 112, number / 4 % 28, number % 4};
      if (!evaluator.wants(head)) continue;
      ++all;
      ++by_head[head.head];
      ++by_layer[head.layer];
      ++by_sequence[head.sequence];
    }
    EXPECT_EQ(all, expected);
    EXPECT_LE(*std::ranges::max_element(by_head) - *std::ranges::min_element(by_head),
              std::max(1u, expected / 8));
    EXPECT_LE(*std::ranges::max_element(by_layer) - *std::ranges::min_element(by_layer), 2u);
    EXPECT_LE(by_sequence[0] - by_sequence[1], 1u);
    EXPECT_FALSE(evaluator.wants({2, 0, 0}));
    EXPECT_FALSE(evaluator.wants({0, 28, 0}));
    EXPECT_FALSE(evaluator.wants({0, 0, 4}));
  }
}

TEST_F(AccuracyTest, ThreadsDoNotChangeTheResult) {
  AccuracyEvaluator evaluator(content_, workload_, kBlock);
  for (std::uint32_t layer = 0; layer < 3; ++layer) {
    for (std::uint32_t block = 0; block < 5; ++block)
      evaluator.record({{0, layer, 1}, 0, 1001, 31, {block, 9}, {}});
  }
  const auto one = evaluator.evaluate(1);
  const auto two = evaluator.evaluate(2);
  ASSERT_EQ(one.size(), 15u);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].head.layer, i / 5);
    EXPECT_EQ(one[i].attention_mass, two[i].attention_mass);
    EXPECT_EQ(one[i].output_error, two[i].output_error);
  }
}

TEST(AccuracySummary, MeansRatesAndTheWorstEngineError) {
  SelectionAccuracy a;
  a.recall_at_k = 0.5;
  a.attention_mass = 0.25;
  a.needle_hit = true;
  a.output_error = 0.5;
  a.engine_error = 0.125;
  SelectionAccuracy b;
  b.needle_hit = false;
  b.engine_error = 0.0625;
  const std::vector<SelectionAccuracy> both = {a, b};
  const AccuracySummary summary = summarize(both);
  EXPECT_EQ(summary.selections, 2u);
  EXPECT_EQ(summary.recall_at_k, 0.75);
  EXPECT_EQ(summary.attention_mass, 0.625);
  EXPECT_EQ(summary.needle_hit_rate, 0.5);
  EXPECT_EQ(summary.output_error, 0.25);
  EXPECT_EQ(summary.engine_error, 0.125);
}

TEST(AccuracySummary, AQuestionIsAnsweredWhenHalfOfTheHeadsFindTheNeedle) {
  std::vector<SelectionAccuracy> all;
  const auto ask = [&](std::uint32_t sequence, std::uint32_t step, std::initializer_list<bool> hits) {
    for (const bool hit : hits) {
      SelectionAccuracy one;
      one.head.sequence = sequence;
      one.step = step;
      one.needle_hit = hit;
      all.push_back(one);
    }
  };
  ask(0, 0, {true, false, true, false});
  ask(0, 1, {true, false, false, false});
  ask(1, 0, {true, true, true, false});
  EXPECT_EQ(summarize(all).needle_hit_rate, 0.5);
  EXPECT_DOUBLE_EQ(summarize(all).needle_answer_rate.value(), 2.0 / 3.0);
  all[0].retrieves = false;  // asks nothing
  EXPECT_DOUBLE_EQ(summarize(all).needle_answer_rate.value(), 1.0 / 3.0);
  EXPECT_FALSE(summarize({all.data(), 1}).needle_answer_rate.has_value());
}

}  // namespace
}  // namespace prism::workload
