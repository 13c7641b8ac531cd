// SPDX-License-Identifier: Apache-2.0
// Drives a timing engine with a stream of requests, as fast as it takes them or with a bounded number under
// way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "models/common/random.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm::test {

struct Traffic {
  std::uint64_t bytes = 0;
  Picoseconds end = 0;  // of the last request
  std::vector<Completion> completions;
  double gbps() const { return gbps_of(bytes, end); }
};

using Generator = std::function<Request(std::uint32_t index)>;

/// `outstanding` = 0: no limit but the engine's own.
inline Traffic drive(TimingEngine& engine, std::uint32_t requests, const Generator& generate,
                     std::uint32_t outstanding = 0) {
  Traffic traffic;
  std::vector<Completion> found;
  std::priority_queue<Picoseconds, std::vector<Picoseconds>, std::greater<>> under_way;
  Picoseconds now = 0;
  std::uint32_t pushed = 0, unknown = 0;
  const auto advance = [&](Picoseconds limit) {
    found.clear();
    now = std::max(now, engine.advance(limit, found));
    for (const Completion& completion : found) {
      traffic.end = std::max(traffic.end, completion.time);
      traffic.completions.push_back(completion);
      under_way.push(completion.time);
      --unknown;
    }
  };
  while (pushed < requests) {
    while (!under_way.empty() && under_way.top() <= now) under_way.pop();
    if (outstanding > 0 && unknown + under_way.size() >= outstanding) {
      if (unknown > 0) {
        advance(under_way.empty() ? kNever : std::max(now, under_way.top()));
      } else {
        now = under_way.top();
      }
      continue;
    }
    Request request = generate(pushed);
    request.id = pushed;
    request.arrival = now;
    if (engine.push(request)) {
      traffic.bytes += request.bytes;
      ++pushed;
      ++unknown;
    } else {
      advance(kNever);
    }
  }
  while (!engine.idle()) advance(kNever);
  return traffic;
}

/// A random multiple of `unit` below `limit`, the same for the same index.
inline std::uint64_t random_address(std::uint32_t index, std::uint64_t limit, std::uint64_t unit) {
  const auto words = CounterRandom(7, 1).words(index);
  return (std::uint64_t{words[0]} << 32 | words[1]) % (limit / unit) * unit;
}

inline Generator sequential(std::uint64_t bytes, bool is_write = false) {
  return [=](std::uint32_t i) { return Request{0, i * bytes, bytes, is_write, 0}; };
}

/// Aligned blocks at random places; every `write_every`-th is a write (0: none).
inline Generator blocks(std::uint64_t bytes, std::uint64_t limit, std::uint32_t write_every = 0) {
  return [=](std::uint32_t i) {
    const bool is_write = write_every > 0 && CounterRandom(7, 2).words(i)[0] % write_every == 0;
    return Request{0, random_address(i, limit, bytes), bytes, is_write, 0};
  };
}

}  // namespace prism::hbm::test
