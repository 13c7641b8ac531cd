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

/// Takes streams, at most 50 requests at a time, one each 10 ns, done after kLatency, the last after twice as
/// much.
class Streaming final : public hbm::TimingEngine {
 public:
  bool push(const hbm::Request& request) override {
    pushed_.push_back({request.id, request.arrival + kLatency});
    return true;
  }
  hbm::StreamStep push_stream(const hbm::Stream& stream) override {
    EXPECT_EQ(stream.request_bytes, 32u);
    EXPECT_EQ(stream.address, next_address_);
    EXPECT_GE(stream.arrival, now_);
    const std::uint64_t requests = std::min<std::uint64_t>(stream.requests, 50);
    const Picoseconds last = stream.arrival + static_cast<Picoseconds>(requests - 1) * 10'000;
    next_address_ += requests * 32;
    now_ = last;
    return {requests, stream.arrival, last, stream.arrival + kLatency, last + 2 * kLatency};
  }
  Picoseconds advance(Picoseconds limit, std::vector<hbm::Completion>& completions) override {
    completions.swap(pushed_);
    pushed_.clear();
    return limit == kNever ? now_ : now_ = std::max(now_, limit);
  }
  void set_refresh_rate(std::uint32_t) override {}
  bool idle() const override { return pushed_.empty(); }
  hbm::EngineCounters counters() const override { return {}; }
  std::vector<std::uint64_t> bytes_per_channel() const override { return {}; }

 private:
  std::uint64_t next_address_ = 0;
  Picoseconds now_ = 0;
  std::vector<hbm::Completion> pushed_;
};

class Times final : public TrafficSource {
 public:
  explicit Times(std::vector<Picoseconds> times) : times_(std::move(times)) {}
  bool next(Access& access) override {
    if (index_ == times_.size()) return false;
    access = {64 * index_, 64, index_ % 2 == 1, times_[index_], 1};
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

TEST(TrafficRunner, LetsTheEngineTakeContiguousRequestsAtOnce) {
  Streaming engine;
  SequentialTraffic source(kShape);
  const RunResult result = TrafficRunner(engine, source, {}).run();
  EXPECT_EQ(result.requests(), 120u);
  EXPECT_EQ(result.bytes, 120u * 32);
  // Steps of 50, 50 and 20, each beginning when the last request of the one before was taken.
  EXPECT_EQ(result.end, (49 + 49 + 19) * 10'000 + 2 * kLatency);
  EXPECT_EQ(result.reads.mean_ns(), 150.0);
  EXPECT_EQ(result.reads.max_ns(), 200.0);

  Streaming alone;  // limited requests are made one by one
  RunOptions one;
  one.outstanding = 1;
  SequentialTraffic again(kShape);
  EXPECT_EQ(TrafficRunner(alone, again, one).run().end, 120 * kLatency);
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
