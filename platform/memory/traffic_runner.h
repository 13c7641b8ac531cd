// SPDX-License-Identifier: Apache-2.0
// Drives a timing engine with a source of requests and measures what comes back. Memory is bounded by the
// requests under way, not by their number.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "models/common/latency_histogram.h"
#include "models/common/units.h"
#include "models/hbm/timing_engine.h"
#include "platform/memory/traffic_source.h"

namespace prism::memory_study {

struct RunOptions {
  std::uint64_t outstanding = 0;  // most requests under way; 0: as many as the engine takes
  /// Called now and then with the share of the requests made and the time reached.
  std::function<void(double done, Picoseconds now)> progress;
};

struct RunResult {
  LatencyHistogram reads, writes;  // from the time the engine took the request to its completion
  std::uint64_t bytes = 0;
  Picoseconds end = 0;  // of the last completion

  std::uint64_t requests() const { return reads.count() + writes.count(); }
  double achieved_gbps() const { return gbps_of(bytes, end); }
};

class TrafficRunner {
 public:
  /// Both must outlive the runner.
  TrafficRunner(hbm::TimingEngine& engine, TrafficSource& source, RunOptions options);

  /// Makes every request of the source, each as soon as its time has come and the engine takes it, and waits
  /// for all.
  RunResult run();

 private:
  struct UnderWay {
    Picoseconds arrival;
    bool is_write;
  };

  void advance(Picoseconds limit);
  void wait_until(Picoseconds time);
  void wait_for_turn();
  /// Makes the first requests of `access`, at least one, and takes them off.
  void make(Access& access);
  /// The number of requests taken; 0 if the engine takes them only one by one.
  std::uint64_t push_stream(const Access& access);
  void push(const Access& access);
  bool is_full() const { return unknown_ + ending_.size() >= options_.outstanding; }
  std::uint32_t take_slot();

  hbm::TimingEngine& engine_;
  TrafficSource& source_;
  RunOptions options_;
  RunResult result_;
  Picoseconds now_ = 0;
  std::vector<hbm::Completion> found_;  // scratch of advance()
  std::vector<UnderWay> slots_;         // by request id
  std::vector<std::uint32_t> free_;
  std::uint64_t unknown_ = 0;  // requests whose completion the engine does not know yet
  // Completions that are known but lie ahead; kept only when the requests under way are limited.
  std::priority_queue<Picoseconds, std::vector<Picoseconds>, std::greater<>> ending_;
};

}  // namespace prism::memory_study
