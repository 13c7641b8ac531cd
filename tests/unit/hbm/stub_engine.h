// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "models/hbm/timing_engine.h"

namespace prism::hbm::test {

/// Takes `capacity` requests at a time, each for `service`, and reports them only when asked to run that far.
class StubEngine : public TimingEngine {
 public:
  StubEngine(std::size_t capacity, Picoseconds service) : capacity_(capacity), service_(service) {}

  bool push(const Request& request) override {
    EXPECT_GE(request.arrival, time_);
    if (inside_.size() >= capacity_) return false;
    inside_.push_back(
        {request.id, std::max(request.arrival, inside_.empty() ? 0 : inside_.back().time) + service_});
    return true;
  }
  Picoseconds advance(Picoseconds limit, std::vector<Completion>& completions) override {
    ++advances_;
    if (!inside_.empty() && inside_.front().time <= limit) {
      time_ = std::max(time_, inside_.front().time);
      completions.push_back(inside_.front());
      inside_.pop_front();
    } else if (limit != kNever) {
      time_ = std::max(time_, limit);
    }
    return time_;
  }
  void set_refresh_rate(std::uint32_t times) override { refresh_rate = times; }
  bool idle() const override { return inside_.empty(); }
  EngineCounters counters() const override { return {}; }
  std::vector<std::uint64_t> bytes_per_channel() const override { return bytes; }

  std::uint64_t advances() const { return advances_; }
  std::vector<std::uint64_t> bytes{0};
  std::uint32_t refresh_rate = 1;

 private:
  std::size_t capacity_;
  Picoseconds service_;
  Picoseconds time_ = 0;
  std::uint64_t advances_ = 0;
  std::deque<Completion> inside_;
};

}  // namespace prism::hbm::test
