// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/synthetic_content.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "tests/unit/workload/test_workload.h"

namespace prism::workload {
namespace {

const HeadIndex kHead{1, 2, 1};

double dot(std::span<const Bfloat16> a, std::span<const Bfloat16> b) {
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    out += static_cast<double>(float_from_bf16(a[i])) * float_from_bf16(b[i]);
  }
  return out;
}

double norm(std::span<const Bfloat16> a) {
  return std::sqrt(dot(a, a));
}

TEST(SyntheticContent, DoesNotDependOnTheOrderOrTheCutOfReads) {
  const WorkloadConfig workload = small_workload();
  const SyntheticContent content(workload, 1);
  const std::size_t d = 64;
  const auto keys = keys_of(content, kHead, 0, content.tokens());
  const auto values = values_of(content, kHead, 0, content.tokens());
  const CounterRandom random(1, 2);
  for (std::uint32_t i = 0; i < 200; ++i) {
    const CounterRandom::Words words = random.words(i);
    const std::uint32_t first = words[0] % content.tokens();
    const std::uint32_t count = 1 + words[1] % std::min(200u, content.tokens() - first);
    const auto expected = std::span(keys).subspan(first * d, count * d);
    ASSERT_TRUE(std::ranges::equal(keys_of(content, kHead, first, count), expected)) << first << " " << count;
    ASSERT_TRUE(std::ranges::equal(values_of(content, kHead, first, count),
                                   std::span(values).subspan(first * d, count * d)));
  }
}

TEST(SyntheticContent, IsTheSameOnEveryInstructionSet) {
  const SyntheticContent portable(small_workload(), 1, portable_kernels());
  const SyntheticContent best(small_workload(), 1, best_kernels());
  EXPECT_EQ(keys_of(portable, kHead, 0, 1003), keys_of(best, kHead, 0, 1003));
  EXPECT_EQ(values_of(portable, kHead, 0, 1003), values_of(best, kHead, 0, 1003));
  EXPECT_EQ(queries_of(portable, kHead, 2), queries_of(best, kHead, 2));
}

TEST(SyntheticContent, DiffersInEveryIndex) {
  const SyntheticContent content(small_workload(), 1);
  const SyntheticContent other_seed(small_workload(), 2);
  std::set<std::vector<Bfloat16>> keys;
  std::set<std::vector<Bfloat16>> queries;
  for (const HeadIndex& head : {HeadIndex{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
    keys.insert(keys_of(content, head, 10, 1));
    keys.insert(keys_of(content, head, 11, 1));
    keys.insert(values_of(content, head, 10, 1));
    keys.insert(keys_of(other_seed, head, 10, 1));
    queries.insert(queries_of(content, head, 0));
    queries.insert(queries_of(content, head, 1));
    queries.insert(queries_of(other_seed, head, 0));
  }
  EXPECT_EQ(keys.size(), 16u);
  EXPECT_EQ(queries.size(), 12u);
}

TEST(SyntheticContent, LongerContextKeepsTheTokensOfAShorterOne) {
  WorkloadConfig workload = small_workload();
  workload.content.needles = 0;  // needles are placed relative to the context's end
  const SyntheticContent shorter(workload, 1);
  workload.context_tokens = 4000;
  workload.steps = 9;
  const SyntheticContent longer(workload, 1);
  EXPECT_EQ(keys_of(shorter, HeadIndex{0, 1, 1}, 0, 1003), keys_of(longer, HeadIndex{0, 1, 1}, 0, 1003));
}

TEST(SyntheticContent, UnstructuredPartHasTheConfiguredDeviation) {
  WorkloadConfig workload = small_workload();
  workload.context_tokens = 4096;
  workload.content = {.topic_strength = 0,
                      .focus = 0,
                      .noise = 1.5,
                      .sink_strength = 0,
                      .needles = 0,
                      .needle_depths = {},
                      .trace_file = {}};
  const SyntheticContent content(workload, 1);
  for (const auto& vectors : {keys_of(content, kHead, 0, 4096), values_of(content, kHead, 0, 4096)}) {
    const auto count = static_cast<double>(vectors.size());
    double mean = 0;
    for (const Bfloat16 element : vectors) mean += float_from_bf16(element) / count;
    EXPECT_NEAR(mean, 0.0, 0.015);
    EXPECT_NEAR(dot(vectors, vectors) / count, 1.5 * 1.5, 0.03);
  }
}

TEST(SyntheticContent, PassagesShareATopicWithExponentialRelevance) {
  WorkloadConfig workload = small_workload();
  workload.context_tokens = 65536;
  workload.content = {.topic_strength = 2, .noise = 0, .needles = 0, .needle_depths = {}, .trace_file = {}};
  const SyntheticContent content(workload, 1);
  constexpr std::uint32_t kSpan = SyntheticContent::kSpanTokens;
  const auto keys = keys_of(content, kHead, 0, 65536);
  const auto token = [&](std::uint32_t t) { return std::span(keys).subspan(std::size_t{t} * 64, 64); };
  std::vector<double> strengths;
  for (std::uint32_t t = kSpan; t < 65536; t += kSpan) {
    ASSERT_TRUE(std::ranges::equal(token(t), token(t + kSpan - 1))) << "a span has one topic";
    if (!std::ranges::equal(token(t - 1), token(t))) strengths.push_back(norm(token(t)));
  }
  // A new passage begins at one span in four: 256 +- 14 of them.
  EXPECT_NEAR(static_cast<double>(strengths.size()), 256.0, 60.0);
  // Exponential of mean topic_strength: the mean within four standard errors, a fraction 1/e above the mean.
  double mean = 0;
  double above = 0;
  for (const double strength : strengths) {
    mean += strength / static_cast<double>(strengths.size());
    above += (strength > 2.0 ? 1.0 : 0.0) / static_cast<double>(strengths.size());
  }
  EXPECT_NEAR(mean, 2.0, 0.5);
  EXPECT_NEAR(above, std::exp(-1.0), 0.13);
}

/// Without noise, the mean over heads of a special token's score is its strength in nats.
TEST(SyntheticContent, SinkAndNeedleScoresAreTheirStrengths) {
  WorkloadConfig workload;
  workload.context_tokens = 4096;
  workload.content = {.focus = 0,
                      .noise = 0,
                      .sink_strength = 5,
                      .needles = 2,
                      .needle_strength = 8,
                      .needle_depths = {},
                      .trace_file = {}};
  workload.steps = 2;
  const SyntheticContent content(workload, 1);
  for (const std::uint32_t step : {0u, 1u}) {
    double sink = 0, sought = 0, other = 0;
    const double pairs = workload.model.pairs();
    for (std::uint32_t layer = 0; layer < 28; ++layer) {
      for (std::uint32_t h = 0; h < 4; ++h) {
        const HeadIndex head{0, layer, h};
        const auto query = queries_of(content, head, step);
        const auto score = [&](std::uint32_t token) {
          return dot(std::span(query).first(128), keys_of(content, head, token, 1)) / std::sqrt(128.0);
        };
        sink += score(SyntheticContent::kSinkTokens - 1) / pairs;
        sought += score(content.needle(head, content.needle_of_step(step)).first) / pairs;
        other += score(content.needle(head, content.needle_of_step(step + 1)).first + 15) / pairs;
      }
    }
    EXPECT_NEAR(sink, 5.0, 0.3);
    EXPECT_NEAR(sought, 8.0, 0.5);
    EXPECT_NEAR(other, 0.0, 0.5);
  }
}

TEST(SyntheticContent, NeedlesLieAlignedInTheirPartOfTheContext) {
  WorkloadConfig workload = small_workload();
  workload.context_tokens = 4096;
  workload.content.needles = 4;
  const SyntheticContent content(workload, 1);
  ASSERT_EQ(content.needles(), 4u);
  std::set<std::uint32_t> places;
  for (std::uint32_t layer = 0; layer < 3; ++layer) {
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto range = content.needle(HeadIndex{0, layer, 0}, i);
      EXPECT_EQ(range.count, SyntheticContent::kNeedleTokens);
      EXPECT_EQ(range.first % SyntheticContent::kNeedleTokens, 0u);
      EXPECT_GE(range.first, i == 0 ? SyntheticContent::kNeedleTokens : i * 1024);
      EXPECT_LE(range.first + range.count, (i + 1) * 1024 + SyntheticContent::kNeedleTokens);
      EXPECT_LE(range.first + range.count, 4096u);
      places.insert(range.first);
    }
  }
  EXPECT_GT(places.size(), 8u) << "each head has its own places";
}

TEST(SyntheticContent, ShortContextHoldsFewerNeedles) {
  WorkloadConfig workload = small_workload();
  workload.content.needles = 10;
  for (const auto& [context, expected] : {std::pair{16u, 0u}, {32u, 1u}, {64u, 3u}, {4096u, 10u}}) {
    workload.context_tokens = context;
    const SyntheticContent content(workload, 1);
    EXPECT_EQ(content.needles(), expected) << context;
    std::set<std::uint32_t> places;
    for (std::uint32_t i = 0; i < content.needles(); ++i) places.insert(content.needle(kHead, i).first);
    EXPECT_EQ(places.size(), expected);
    EXPECT_FALSE(queries_of(content, kHead, 0).empty());
  }
}

TEST(SyntheticContent, QueryHeadsOfAGroupAreAlikeButNotEqual) {
  const SyntheticContent content(WorkloadConfig{}, 1);
  const HeadIndex head{0, 3, 2};
  const auto queries = queries_of(content, head, 0);
  double cosine = 0;
  for (std::size_t h = 1; h < 7; ++h) {
    const auto first = std::span(queries).first(128);
    const auto other = std::span(queries).subspan(h * 128, 128);
    cosine += dot(first, other) / norm(first) / norm(other) / 6;
  }
  EXPECT_GT(cosine, 0.4);
  EXPECT_LT(cosine, 0.95);
}

double score_of(const SyntheticContent& content, std::uint32_t token) {
  const HeadIndex head{0, 0, 0};
  const std::vector<Bfloat16> query = queries_of(content, head, 0);
  const std::vector<Bfloat16> key = keys_of(content, head, token, 1);
  double score = 0;
  for (std::size_t i = 0; i < key.size(); ++i) score += float_from_bf16(query[i]) * float_from_bf16(key[i]);
  return score / std::sqrt(static_cast<double>(key.size()));
}

TEST(SyntheticContent, NeedlesLieAtTheChosenDepths) {
  WorkloadConfig workload = small_workload();
  workload.context_tokens = 1600;
  workload.content.needle_depths = {0.0, 0.5, 1.0};
  const SyntheticContent content(workload, 1);
  ASSERT_EQ(content.needles(), 3u);
  EXPECT_EQ(content.needle({0, 1, 1}, 0).first, 16u);  // the first place is the sinks'
  EXPECT_EQ(content.needle({0, 1, 1}, 1).first, 800u);
  EXPECT_EQ(content.needle({0, 1, 1}, 2).first, 1584u);
}

TEST(SyntheticContent, LocalBandPullsTheQuery) {
  WorkloadConfig workload = small_workload();
  workload.content.noise = 0.1;
  workload.content.topic_strength = 0;
  workload.content.local_tokens = 64;
  const double without = score_of(SyntheticContent(workload, 1), 990);
  workload.content.local_strength = 10;
  const SyntheticContent content(workload, 1);
  EXPECT_GT(score_of(content, 990), without + 6);
  EXPECT_LT(score_of(content, 500), 6);
}

TEST(SyntheticContent, NoiseOfQueriesAndValuesIsTheirOwn) {
  WorkloadConfig workload = small_workload();
  const SyntheticContent common(workload, 1);
  workload.content.value_noise = 3.0;
  workload.content.query_noise = 0.0;
  const SyntheticContent apart(workload, 1);
  const HeadIndex head{0, 0, 0};
  EXPECT_EQ(keys_of(apart, head, 0, 64), keys_of(common, head, 0, 64));
  EXPECT_NE(values_of(apart, head, 0, 64), values_of(common, head, 0, 64));
  EXPECT_NE(queries_of(apart, head, 0), queries_of(common, head, 0));
}

TEST(SyntheticContent, EqualRelevanceHasNoTail) {
  WorkloadConfig workload = small_workload();
  workload.content.noise = 0.0;
  workload.content.needles = 0;
  workload.content.heavy_tailed = false;
  const SyntheticContent content(workload, 1);
  for (const std::uint32_t token : {100u, 300u, 700u}) {
    double squares = 0;
    for (const Bfloat16 element : keys_of(content, {0, 0, 0}, token, 1)) {
      squares += float_from_bf16(element) * float_from_bf16(element);
    }
    EXPECT_NEAR(std::sqrt(squares), workload.content.topic_strength, 0.2 * workload.content.topic_strength);
  }
}

// A rotation keeps lengths, turns position 0 not at all, and makes scores depend on distances.
TEST(SyntheticContent, RotaryEncodingTurnsKeys) {
  WorkloadConfig workload = small_workload();
  const SyntheticContent plain(workload, 1);
  workload.content.rope_theta = 10000;
  const SyntheticContent turned(workload, 1);
  const HeadIndex head{0, 0, 0};
  EXPECT_EQ(keys_of(turned, head, 0, 1), keys_of(plain, head, 0, 1));
  const std::vector<Bfloat16> before = keys_of(plain, head, 10, 1);
  const std::vector<Bfloat16> after = keys_of(turned, head, 10, 1);
  EXPECT_NE(after, before);
  for (std::size_t i = 0; i < 32; ++i) {
    const auto length = [i](const std::vector<Bfloat16>& v) {
      return std::hypot(float_from_bf16(v[i]), float_from_bf16(v[i + 32]));
    };
    EXPECT_NEAR(length(after), length(before), 0.01 * length(before) + 0.01);
  }
  // Element 0 turns by a radian a token.
  const double angle = std::atan2(float_from_bf16(after[32]), float_from_bf16(after[0])) -
                       std::atan2(float_from_bf16(before[32]), float_from_bf16(before[0]));
  EXPECT_NEAR(std::remainder(angle - 10.0, 2 * M_PI), 0.0, 0.02);
  EXPECT_EQ(values_of(turned, head, 10, 1), values_of(plain, head, 10, 1));
}

}  // namespace
}  // namespace prism::workload
