// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/generators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

namespace prism::memory_study {
namespace {

TrafficShape shape() {
  return {
      .requests = 1000, .request_bytes = 32, .capacity_bytes = std::uint64_t{1} << 30, .block_bytes = 4096};
}

/// One by one.
std::vector<Access> all_of(TrafficSource& source) {
  std::vector<Access> accesses;
  for (Access access; source.next(access);) {
    for (std::uint64_t i = 0; i < access.requests; ++i) {
      accesses.push_back(access);
      accesses.back().address += i * access.bytes;
    }
  }
  return accesses;
}

std::uint64_t writes_in(const std::vector<Access>& accesses) {
  return static_cast<std::uint64_t>(
      std::count_if(accesses.begin(), accesses.end(), [](const Access& access) { return access.is_write; }));
}

TEST(SequentialTraffic, IsContiguousAndStartsAgainAtTheEnd) {
  TrafficShape small = shape();
  small.requests = 10;
  small.capacity_bytes = 4 * 32 + 16;  // the last 16 bytes hold no whole request
  SequentialTraffic traffic(small);
  std::vector<std::uint64_t> addresses;
  for (const Access& access : all_of(traffic)) {
    EXPECT_EQ(access.bytes, 32u);
    EXPECT_FALSE(access.is_write);
    addresses.push_back(access.address);
  }
  EXPECT_EQ(addresses, (std::vector<std::uint64_t>{0, 32, 64, 96, 0, 32, 64, 96, 0, 32}));
  EXPECT_EQ(traffic.done(), 1.0);
}

TEST(RandomTraffic, IsUniformOverTheMemory) {
  TrafficShape many = shape();
  many.requests = 80000;
  RandomTraffic traffic(many);
  std::vector<int> eighths(8);
  for (const Access& access : all_of(traffic)) {
    ASSERT_EQ(access.address % 32, 0u);
    ASSERT_LE(access.address + access.bytes, many.capacity_bytes);
    ++eighths[access.address / (many.capacity_bytes / 8)];
  }
  // Standard deviation of each: sqrt(80000 x 1/8 x 7/8) = 94.
  for (const int count : eighths) EXPECT_NEAR(count, 10000, 5 * 94);
}

TEST(RandomTraffic, DependsOnNothingButTheSeed) {
  TrafficShape other = shape();
  other.seed = 2;
  const auto addresses = [](const TrafficShape& of) {
    RandomTraffic traffic(of);
    std::vector<std::uint64_t> found;
    for (const Access& access : all_of(traffic)) found.push_back(access.address);
    return found;
  };
  EXPECT_EQ(addresses(shape()), addresses(shape()));
  EXPECT_NE(addresses(shape()), addresses(other));
}

TEST(BlockTraffic, ReadsEachBlockFromStartToEnd) {
  BlockTraffic traffic(shape());
  const std::vector<Access> accesses = all_of(traffic);
  std::set<std::uint64_t> blocks;
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    const std::uint64_t block = accesses[i].address / 4096;
    EXPECT_EQ(accesses[i].address % 4096, i % 128 * 32);
    EXPECT_LT(accesses[i].address, BlockTraffic::kRegionBytes);
    if (i % 128 == 0) {
      EXPECT_TRUE(blocks.insert(block).second);
    } else {
      EXPECT_EQ(block, accesses[i - 1].address / 4096);
    }
  }
}

TEST(BlockTraffic, HandsOutABlockAtOnceIfAllGoTheSameWay) {
  TrafficShape odd = shape();
  odd.requests = 200;  // a block of 128 and the start of another
  for (const double write_share : {0.0, 1.0, 0.5}) {
    odd.write_share = write_share;
    BlockTraffic traffic(odd);
    std::vector<std::uint64_t> requests;
    for (Access access; traffic.next(access);) requests.push_back(access.requests);
    if (write_share == 0.0) {
      EXPECT_EQ(requests, (std::vector<std::uint64_t>{128, 72}));
    } else {
      EXPECT_EQ(requests, std::vector<std::uint64_t>(200, 1));
    }
  }
}

TEST(GeneratedTraffic, WritesTheShareAskedFor) {
  TrafficShape many = shape();
  many.requests = 10000;
  for (const double share : {0.0, 0.3, 1.0}) {
    many.write_share = share;
    SequentialTraffic sequential(many);
    // Standard deviation at most sqrt(10000 / 4) = 50; none at 0 and 1.
    const double spread = share > 0.0 && share < 1.0 ? 250.0 : 0.0;
    EXPECT_NEAR(static_cast<double>(writes_in(all_of(sequential))), share * 10000, spread);
  }
}

TEST(RandomOrder, IsAPermutationEachTime) {
  for (const std::uint64_t count : {1u, 2u, 3u, 100u, 4096u, 5000u}) {
    const RandomOrder order(count, CounterRandom(3, 1));
    std::vector<std::uint64_t> first, second, expected(count);
    for (std::uint64_t i = 0; i < count; ++i) first.push_back(order.at(i));
    for (std::uint64_t i = 0; i < count; ++i) second.push_back(order.at(count + i));
    std::iota(expected.begin(), expected.end(), 0);
    if (count >= 100) {
      EXPECT_NE(first, expected);
      EXPECT_NE(first, second);
    }
    std::sort(first.begin(), first.end());
    std::sort(second.begin(), second.end());
    EXPECT_EQ(first, expected);
    EXPECT_EQ(second, expected);
  }
}

}  // namespace
}  // namespace prism::memory_study
