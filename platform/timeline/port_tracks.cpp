// SPDX-License-Identifier: Apache-2.0
#include "platform/timeline/port_tracks.h"

#include <algorithm>
#include <utility>

namespace prism::timeline {

PortTracks::PortTracks(TraceLog& log, std::string name, bool transactions)
    : log_(log), name_(std::move(name)), transactions_(transactions) {}

TraceLog::Track PortTracks::track(Purpose purpose) {
  return log_.track(name_, "traffic: " + std::string(purpose_name(purpose)));
}

void PortTracks::begin(const void* id, Purpose purpose, std::uint64_t bytes, Picoseconds at) {
  open_[id] = {purpose, bytes, at};
  Phase& current = phase(purpose);
  if (current.under_way++ > 0) return;
  if (current.ended >= at) return;  // it goes on
  flush(purpose);
  current.begun = at;
  current.ended = at;
}

void PortTracks::end(const void* id, Picoseconds at, bool failed) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  const Open transaction = found->second;
  open_.erase(found);
  Phase& current = phase(transaction.purpose);
  --current.under_way;
  current.ended = std::max(current.ended, at);
  ++current.details.requests;
  if (!failed) {
    current.details.bytes += transaction.bytes;
    bytes_ += transaction.bytes;
  }
  if (transactions_) {
    log_.transaction(track(transaction.purpose), purpose_name(transaction.purpose), transaction.begun, at,
                     failed ? 0 : transaction.bytes);
  }
}

void PortTracks::flush(Purpose purpose) {
  Phase& current = phase(purpose);
  if (current.details.requests > 0) {
    log_.slice(track(purpose), purpose_name(purpose), current.begun, current.ended, current.details);
  }
  current.details = {};
}

void PortTracks::finish(Picoseconds now) {
  for (std::size_t i = 0; i < kPurposeCount; ++i) {
    phases_[i].ended = std::min(phases_[i].ended, now);
    flush(static_cast<Purpose>(i));
  }
}

}  // namespace prism::timeline
