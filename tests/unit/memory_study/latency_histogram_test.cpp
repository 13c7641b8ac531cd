// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/common/random.h"

namespace prism::memory_study {
namespace {

TEST(LatencyAxis, BinsAreContiguousAndNarrow) {
  const LatencyAxis axis;
  for (int bin = 0; bin + 1 < axis.size(); ++bin) {
    const Picoseconds lower = LatencyAxis::lower(bin), next = LatencyAxis::lower(bin + 1);
    ASSERT_EQ(axis.index(lower), bin);
    ASSERT_EQ(axis.index(next - 1), bin);
    ASSERT_LE(next - lower, std::max<Picoseconds>(1, lower / 1024));
  }
  EXPECT_EQ(axis.index(kNever), axis.size() - 1);
}

TEST(LatencyHistogram, OfNothingIsZero) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.mean_ns(), 0.0);
  EXPECT_EQ(histogram.percentile_ns(0.99), 0.0);
}

TEST(LatencyHistogram, OfOneValueIsThatValue) {
  LatencyHistogram histogram;
  for (int i = 0; i < 3; ++i) histogram.add(1'234'567);
  EXPECT_EQ(histogram.mean_ns(), 1234.567);
  EXPECT_EQ(histogram.percentile_ns(0.5), 1234.567);
  EXPECT_EQ(histogram.percentile_ns(0.99), 1234.567);
}

TEST(LatencyHistogram, MatchesTheSortedValues) {
  LatencyHistogram histogram;
  std::vector<Picoseconds> values;
  Picoseconds sum = 0;
  const CounterRandom random(5, 1);
  for (std::uint32_t i = 0; i < 100000; ++i) {
    // From 20 ns to 400 us, over the decades.
    const auto value =
        static_cast<Picoseconds>(20'000 * std::exp(10 * CounterRandom::uniform(random.words(i)[0])));
    histogram.add(value);
    values.push_back(value);
    sum += value;
  }
  std::sort(values.begin(), values.end());
  EXPECT_DOUBLE_EQ(histogram.mean_ns(), ns_from_ps(sum) / 100000);
  for (const double share : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const double expected = ns_from_ps(values[static_cast<std::size_t>(share * 100000) - 1]);
    EXPECT_NEAR(histogram.percentile_ns(share), expected, 0.001 * expected) << share;
  }
}

}  // namespace
}  // namespace prism::memory_study
