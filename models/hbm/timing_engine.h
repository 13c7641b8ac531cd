// SPDX-License-Identifier: Apache-2.0
// The seam between the TLM shell and the timing cores: requests in, completions out. One engine times the
// whole HBM system (all stacks). Free of SystemC; deterministic.
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/purpose.h"
#include "models/common/units.h"

namespace prism::hbm {

struct Request {
  std::uint64_t id;       // chosen by the caller, returned in the completion
  std::uint64_t address;  // from the start of HBM
  std::uint64_t bytes;    // any length > 0; engines split it into bursts
  bool is_write;
  Picoseconds arrival;  // not before the time that the engine has reached
};

struct Completion {
  std::uint64_t id;
  Picoseconds time;  // last data on the bus (read: available; write: taken), frontend latency included
};

/// Requests of one size and direction, one behind the other in address, each made as soon as the engine takes
/// it.
struct Stream {
  std::uint64_t address;        // of the first
  std::uint64_t request_bytes;  // > 0
  std::uint64_t requests;       // > 0
  bool is_write;
  Picoseconds arrival;  // of the first
};

/// How the first requests of a stream went. Both times are evenly spaced from the first of them to the last.
struct StreamStep {
  std::uint64_t requests = 0;
  Picoseconds first_taken = 0, last_taken = 0;
  Picoseconds first_done = 0, last_done = 0;  // as Completion::time
};

/// Counted by the engine, since the start.
struct EngineCounters {
  std::uint64_t reads = 0, writes = 0;         // bursts
  std::uint64_t row_hits = 0, row_misses = 0;  // bursts that found their row open; that needed an activate
  std::uint64_t activates = 0, precharges = 0;
  std::uint64_t refreshes_all_bank = 0, refreshes_per_bank = 0;
  Picoseconds data_bus_busy = 0;  // summed over pseudo-channels
};

class TimingEngine {
 public:
  virtual ~TimingEngine() = default;

  /// Takes the request, or returns false when a queue is full (back-pressure): offer it again after the next
  /// completion or advance. Requests come with non-decreasing arrival.
  virtual bool push(const Request& request) = 0;

  /// Takes as many requests of the stream as it times at once; their completions are known and not reported
  /// again. None if it times every request on its own: push them. What arrives next does so not before the
  /// last of them was taken.
  virtual StreamStep push_stream(const Stream& /*stream*/) { return {}; }

  /// Schedules on, up to `limit` or to the first instant at which a completion becomes known, whichever is
  /// earlier, and appends the completions found (their times may lie beyond `limit`, never before the
  /// engine's time). Returns the engine's time. A caller that may still push requests arriving at t must not
  /// pass a limit beyond t.
  virtual Picoseconds advance(Picoseconds limit, std::vector<Completion>& completions) = 0;

  /// From the next refresh on, refreshes follow each other `times` (>= 1) as fast as the timing says. Advance
  /// to the time of the change first.
  virtual void set_refresh_rate(std::uint32_t times) = 0;

  /// No request is waiting for a completion to be known.
  virtual bool idle() const = 0;

  virtual EngineCounters counters() const = 0;
  /// Bytes moved by each channel (stack-major), for balance reports.
  virtual std::vector<std::uint64_t> bytes_per_channel() const = 0;
};

}  // namespace prism::hbm
