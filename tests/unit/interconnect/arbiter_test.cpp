// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/arbiter.h"

#include <gtest/gtest.h>

#include <vector>

namespace prism::interconnect {
namespace {

/// Winners' initiators when all of `contenders` ask again after each grant.
std::vector<std::uint32_t> winners(Arbitration policy, std::vector<Contender> contenders, int rounds) {
  const auto arbiter = make_arbiter(policy);
  std::vector<std::uint32_t> out;
  for (int i = 0; i < rounds; ++i) {
    const auto winner = static_cast<std::ptrdiff_t>(arbiter->pick(contenders));
    const Contender granted = contenders[static_cast<std::size_t>(winner)];
    out.push_back(granted.initiator);
    contenders.erase(contenders.begin() + winner);
    contenders.push_back(granted);
  }
  return out;
}

TEST(Arbiter, RoundRobinGoesByPortOrder) {
  EXPECT_EQ(winners(Arbitration::kRoundRobin, {{2, 9}, {0, 0}, {1, 5}}, 7),
            (std::vector<std::uint32_t>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(Arbiter, RoundRobinSkipsAbsentInitiators) {
  const auto arbiter = make_arbiter(Arbitration::kRoundRobin);
  const std::vector<Contender> all = {{0, 0}, {1, 0}, {5, 0}};
  EXPECT_EQ(arbiter->pick(all), 0u);
  const std::vector<Contender> some = {{0, 0}, {5, 0}};
  EXPECT_EQ(arbiter->pick(some), 1u);
  EXPECT_EQ(arbiter->pick(all), 0u);  // past the last port: from the start
}

TEST(Arbiter, FixedPriorityServesTheHighestAndEqualsByAge) {
  EXPECT_EQ(winners(Arbitration::kFixedPriority, {{0, 1}, {1, 3}, {2, 2}}, 3),
            (std::vector<std::uint32_t>{1, 1, 1}));
  EXPECT_EQ(winners(Arbitration::kFixedPriority, {{2, 4}, {0, 1}, {1, 4}}, 4),
            (std::vector<std::uint32_t>{2, 1, 2, 1}));
}

TEST(Arbiter, FifoServesTheOldest) {
  EXPECT_EQ(winners(Arbitration::kFifo, {{2, 0}, {0, 7}, {1, 3}}, 4),
            (std::vector<std::uint32_t>{2, 0, 1, 2}));
}

}  // namespace
}  // namespace prism::interconnect
