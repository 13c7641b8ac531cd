// SPDX-License-Identifier: Apache-2.0
#include "models/common/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "models/common/random.h"

namespace prism {
namespace {

TEST(LatencyAxis, BinsAreContiguousAndNarrow) {
  for (const unsigned bits : {LatencyHistogram::kFine, LatencyHistogram::kCoarse}) {
    const LatencyAxis axis(bits);
    for (int bin = 0; bin + 1 < axis.size(); ++bin) {
      const Picoseconds lower = axis.lower(bin), next = axis.lower(bin + 1);
      ASSERT_EQ(axis.index(lower), bin);
      ASSERT_EQ(axis.index(next - 1), bin);
      ASSERT_LE(next - lower, std::max<Picoseconds>(1, lower >> bits));
    }
    EXPECT_EQ(axis.index(kNever), axis.size() - 1);
  }
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

TEST(LatencyHistogram, EvenlySpacedValuesCountAsIfAddedOneByOne) {
  for (const auto& [first, last, count] :
       {std::tuple{5'000, 5'000, 7}, {80'000, 20'000, 31}, {20'000, 420'000, 1001}, {9'000, 9'000, 1}}) {
    LatencyHistogram together, single;
    together.add(first, last, static_cast<std::uint64_t>(count));
    for (int i = 0; i < count; ++i) single.add(first + (count > 1 ? (last - first) / (count - 1) * i : 0));
    EXPECT_EQ(together.count(), single.count());
    EXPECT_EQ(together.max_ns(), single.max_ns());
    EXPECT_NEAR(together.mean_ns(), single.mean_ns(), 1e-6);
    const double step = std::abs(last - first) / 1000.0 / std::min(count, 32);
    for (const double share : {0.01, 0.5, 0.99}) {
      EXPECT_NEAR(together.percentile_ns(share), single.percentile_ns(share), step + 1e-9) << count;
    }
  }
}

TEST(LatencyHistogram, DistributionHoldsTheBinsThatAreNotEmpty) {
  LatencyHistogram histogram(LatencyHistogram::kCoarse);
  for (const Picoseconds latency : {1000, 1100, 40'000}) histogram.add(latency);
  const Distribution out = histogram.distribution();
  EXPECT_EQ(out.count, 3u);
  EXPECT_DOUBLE_EQ(out.mean, 42.1 / 3);
  EXPECT_DOUBLE_EQ(out.max, 40.0);
  // Four bins a doubling: 896 ps to 1024 ps, 1024 ps to 1280 ps, 32768 ps to 40960 ps.
  using Bins = std::vector<std::pair<double, std::uint64_t>>;
  EXPECT_EQ(out.bins, (Bins{{0.896, 1}, {1.024, 1}, {32.768, 1}}));
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
}  // namespace prism
