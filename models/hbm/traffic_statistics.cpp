// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/traffic_statistics.h"

#include <algorithm>

namespace prism::hbm {

void TrafficStatistics::pass_time(Picoseconds now) {
  if (under_way_ > 0) busy_ += now - changed_;
  changed_ = now;
}

void TrafficStatistics::begin(Picoseconds now) {
  pass_time(now);
  ++under_way_;
}

void TrafficStatistics::end(std::string_view name, Purpose purpose, bool is_write, std::uint64_t bytes,
                            Picoseconds begun, Picoseconds now) {
  pass_time(now);
  --under_way_;
  Initiator& from = initiator(name);
  (is_write ? from.bytes_written : from.bytes_read) += bytes;
  (is_write ? written_ : read_).add(purpose, bytes);
  history_.add(now, is_write, bytes);
  const auto index = static_cast<std::size_t>(purpose);
  Latency& latency = latency_[index];
  ++latency.requests;
  latency.sum += now - begun;
  latency.max = std::max(latency.max, now - begun);
  std::unique_ptr<LatencyHistogram>& histogram = from.latencies[index];
  if (histogram == nullptr) histogram = std::make_unique<LatencyHistogram>(LatencyHistogram::kCoarse);
  histogram->add(now - begun);
}

void TrafficStatistics::end_poisoned(std::uint64_t bytes, Picoseconds now) {
  pass_time(now);
  --under_way_;
  bytes_poisoned_ += bytes;
}

TrafficStatistics::Initiator& TrafficStatistics::initiator(std::string_view name) {
  const auto found = std::find_if(initiators_.begin(), initiators_.end(),
                                  [&](const Initiator& known) { return known.name == name; });
  if (found != initiators_.end()) return *found;
  return initiators_.emplace_back(Initiator{std::string(name), 0, 0, {}});
}

void TrafficStatistics::report(ModuleStatistics& out) const {
  PurposeCounters bytes = read_;
  bytes += written_;
  out.count("bytes_read", "bytes", "bytes read", read_.total());
  out.count("bytes_written", "bytes", "bytes written", written_.total());
  out.by_purpose("bytes_by_purpose", "bytes", "bytes read and written, by purpose", bytes);
  out.by_purpose("read_by_purpose", "bytes", "bytes read, by purpose", read_);
  out.by_purpose("written_by_purpose", "bytes", "bytes written, by purpose", written_);
  out.over_time("bytes_read_over_time", "bytes", "bytes read, by the time of the last data", history_.read());
  out.over_time("bytes_written_over_time", "bytes", "bytes written, by the time of the last data",
                history_.written());
  for (const Initiator& from : initiators_) {
    out.count("bytes_from_" + from.name, "bytes", "bytes read and written by " + from.name,
              from.bytes_read + from.bytes_written);
    for (std::size_t i = 0; i < kPurposeCount; ++i) {
      if (from.latencies[i] == nullptr) continue;
      const std::string purpose(purpose_name(static_cast<Purpose>(i)));
      out.distribution("latency_ns_" + from.name + "_" + purpose, "ns",
                       "time from a request of " + from.name + " to its last data",
                       from.latencies[i]->distribution());
    }
  }
  std::uint64_t requests = 0;
  for (std::size_t i = 0; i < kPurposeCount; ++i) {
    const Latency& of = latency_[i];
    requests += of.requests;
    if (of.requests == 0) continue;
    const std::string purpose(purpose_name(static_cast<Purpose>(i)));
    out.gauge("latency_mean_ns_" + purpose, "ns", "mean time from a request to its last data", of.mean_ns());
    out.gauge("latency_max_ns_" + purpose, "ns", "longest time from a request to its last data",
              ns_from_ps(of.max));
  }
  out.count("requests", "1", "requests served", requests);
  out.count("bytes_poisoned", "bytes", "bytes of reads that ended with an error, counted nowhere else",
            bytes_poisoned_);
  out.gauge("busy_ns", "ns", "time with at least one request under way", ns_from_ps(busy_));
}

}  // namespace prism::hbm
