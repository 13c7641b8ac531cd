// SPDX-License-Identifier: Apache-2.0
// What the HBM controller counts about its requests: bytes and latencies by purpose and initiator, bytes over
// time, busy time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/latency_histogram.h"
#include "models/common/purpose.h"
#include "models/common/statistics.h"
#include "models/common/units.h"
#include "models/hbm/bandwidth_history.h"

namespace prism::hbm {

class TrafficStatistics {
 public:
  struct Latency {
    std::uint64_t requests = 0;
    Picoseconds sum = 0;
    Picoseconds max = 0;
    double mean_ns() const { return requests > 0 ? ns_from_ps(sum) / static_cast<double>(requests) : 0.0; }
  };
  struct Initiator {
    std::string name;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
    std::array<std::unique_ptr<LatencyHistogram>, kPurposeCount> latencies;  // of the purposes seen
  };

  void begin(Picoseconds now);
  /// `initiator` is copied when it is new. `now` never decreases.
  void end(std::string_view initiator, Purpose purpose, bool is_write, std::uint64_t bytes, Picoseconds begun,
           Picoseconds now);
  /// The request ended with an error: its bytes count as poisoned only.
  void end_poisoned(std::uint64_t bytes, Picoseconds now);

  const PurposeCounters& read() const { return read_; }
  const PurposeCounters& written() const { return written_; }
  const Latency& latency(Purpose purpose) const { return latency_[static_cast<std::size_t>(purpose)]; }
  const std::vector<Initiator>& initiators() const { return initiators_; }
  /// Time with at least one request under way, up to the last begin or end.
  Picoseconds busy() const { return busy_; }

  /// Adds bytes_read, bytes_written, bytes_by_purpose, read_by_purpose, written_by_purpose,
  /// bytes_read_over_time, bytes_written_over_time, busy_ns, requests, bytes_poisoned; for each purpose seen
  /// latency_mean_ns_PURPOSE and latency_max_ns_PURPOSE; for each initiator bytes_from_NAME and, for each of
  /// its purposes, latency_ns_NAME_PURPOSE.
  void report(ModuleStatistics& out) const;

 private:
  void pass_time(Picoseconds now);
  Initiator& initiator(std::string_view name);

  PurposeCounters read_;
  PurposeCounters written_;
  std::array<Latency, kPurposeCount> latency_{};
  std::vector<Initiator> initiators_;
  BandwidthHistory history_;
  std::uint64_t bytes_poisoned_ = 0;
  std::uint64_t under_way_ = 0;
  Picoseconds busy_ = 0;
  Picoseconds changed_ = 0;  // last begin or end
};

}  // namespace prism::hbm
