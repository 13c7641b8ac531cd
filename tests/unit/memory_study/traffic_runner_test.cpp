// SPDX-License-Identifier: Apache-2.0
// The runner against an engine of known behaviour.
#include "platform/memory/traffic_runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "platform/memory/generators.h"

namespace prism::memory_study {
namespace {

constexpr Picoseconds kLatency = 100'000;

/// Every request takes kLatency; at most `capacity` wait for their completion to be known, which it is when
/// it happens.
class DelayLine final : public hbm::TimingEngine {
 public:
  explicit DelayLine(std::size_t capacity) : capacity_(capacity) {}

  bool push(const hbm::Request& request) override {
    EXPECT_GE(request.arrival, now_);
    if (waiting_.size() == capacity_) return false;
    waiting_.push_back({request.id, request.arrival + kLatency});
    most_ = std::max(most_, waiting_.size());
    arrivals_.push_back(request.arrival);
    return true;
  }
  Picoseconds advance(Picoseconds limit, std::vector<hbm::Completion>& completions) override {
    if (waiting_.empty() || waiting_.front().time > limit) return now_ = std::max(now_, limit);
    now_ = std::max(now_, waiting_.front().time);
    completions.push_back(waiting_.front());
    waiting_.pop_front();
    return now_;
  }
  void set_refresh_rate(std::uint32_t) override {}
  bool idle() const override { return waiting_.empty(); }
  hbm::EngineCounters counters() const override { return {}; }
  std::vector<std::uint64_t> bytes_per_channel() const override { return {}; }

  std::size_t most() const { return most_; }
  const std::vector<Picoseconds>& arrivals() const { return arrivals_; }

 private:
  std::size_t capacity_;
  Picoseconds now_ = 0;
  std::deque<hbm::Completion> waiting_;
  std::size_t most_ = 0;
  std::vector<Picoseconds> arrivals_;
};

class Times final : public TrafficSource {
 public:
  explicit Times(std::vector<Picoseconds> times) : times_(std::move(times)) {}
  bool next(Access& access) override {
    if (index_ == times_.size()) return false;
    access = {64 * index_, 64, index_ % 2 == 1, times_[index_]};
    ++index_;
    return true;
  }
  double done() const override { return 0.0; }

 private:
  std::vector<Picoseconds> times_;
  std::size_t index_ = 0;
};

const TrafficShape kShape{.requests = 120, .request_bytes = 32, .capacity_bytes = 1 << 20, .block_bytes = 32};

TEST(TrafficRunner, TakesWhatBackPressureLets) {
  DelayLine engine(8);
  SequentialTraffic source(kShape);
  const RunResult result = TrafficRunner(engine, source, {}).run();
  EXPECT_EQ(engine.most(), 8u);
  EXPECT_EQ(result.requests(), 120u);
  EXPECT_EQ(result.bytes, 120u * 32);
  // Rounds of 8.
  EXPECT_EQ(result.end, 15 * kLatency);
  EXPECT_EQ(result.reads.mean_ns(), 100.0);
  EXPECT_EQ(result.writes.count(), 0u);
}

TEST(TrafficRunner, NeverHasMoreUnderWayThanAllowed) {
  for (const std::uint64_t outstanding : {1u, 3u, 5u}) {
    DelayLine engine(8);
    SequentialTraffic source(kShape);
    RunOptions options;
    options.outstanding = outstanding;
    const RunResult result = TrafficRunner(engine, source, options).run();
    EXPECT_EQ(engine.most(), outstanding);
    EXPECT_EQ(result.end, static_cast<Picoseconds>(120 / outstanding) * kLatency);
  }
}

TEST(TrafficRunner, KeepsTheTimesOfTheSource) {
  DelayLine engine(8);
  Times source({0, 30'000, 30'000, 500'000});
  const RunResult result = TrafficRunner(engine, source, {}).run();
  EXPECT_EQ(engine.arrivals(), (std::vector<Picoseconds>{0, 30'000, 30'000, 500'000}));
  EXPECT_EQ(result.end, 600'000);
  EXPECT_EQ(result.reads.count(), 2u);
  EXPECT_EQ(result.writes.count(), 2u);
}

TEST(TrafficRunner, DelaysWhatTheEngineDoesNotTake) {
  DelayLine engine(1);
  Times source({0, 30'000});
  const RunResult result = TrafficRunner(engine, source, {}).run();
  EXPECT_EQ(engine.arrivals(), (std::vector<Picoseconds>{0, 100'000}));
  EXPECT_EQ(result.writes.mean_ns(), 100.0);  // from when it was taken
}

}  // namespace
}  // namespace prism::memory_study
