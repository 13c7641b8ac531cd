// SPDX-License-Identifier: Apache-2.0
// Events of a run on tracks, written in the Chrome trace-event format, which Perfetto opens.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/common/units.h"

namespace prism::timeline {

/// Holds at most a given number of events; what comes later is counted and left out. Transactions fill at
/// most three quarters, so that the slices and counters of a long run have room.
class TraceLog {
 public:
  using Track = std::uint32_t;
  /// What a slice says of itself; zeros are left out.
  struct Details {
    std::uint64_t bytes = 0;
    std::uint64_t requests = 0;
  };

  explicit TraceLog(std::uint64_t max_events) : max_events_(max_events) {}

  /// A row of a group. Made when first asked for; groups and rows are shown in this order.
  Track track(const std::string& group, const std::string& row);

  /// Slices of one track nest or follow each other. Returns whether there was room.
  bool slice(Track track, std::string_view name, Picoseconds begun, Picoseconds ended,
             const Details& details);
  bool slice(Track track, std::string_view name, Picoseconds begun, Picoseconds ended) {
    return slice(track, name, begun, ended, Details{});
  }
  /// May overlap others of its track.
  void transaction(Track track, std::string_view name, Picoseconds begun, Picoseconds ended,
                   std::uint64_t bytes);
  /// From now on the track's group has this value; the unit is part of the name.
  void counter(Track track, std::string_view name, Picoseconds at, double value);
  /// An arrow from the slice that covers `left` to the one that covers `arrived`.
  void flow(Track from, Picoseconds left, Track to, Picoseconds arrived);

  std::uint64_t events() const { return events_.size(); }
  std::uint64_t dropped() const { return dropped_; }

  /// In order of time on each track. `notes`: further members of "otherData", as JSON values.
  void write(std::ostream& out, const std::vector<std::pair<std::string, std::string>>& notes) const;

 private:
  enum class Kind : std::uint8_t { kSlice, kTransaction, kCounter, kFlow };
  struct Event {
    Picoseconds at;
    Picoseconds duration;  // of a flow: until it arrives
    std::uint64_t bytes;   // of a counter: its value's bits; of a flow: the track where it arrives
    std::uint64_t requests;
    Track track;
    std::uint32_t name;
    Kind kind;
  };
  struct Row {
    std::uint32_t group;
    std::uint32_t number;  // within its group, from 1
    std::string name;
  };

  bool add(const Event& event, std::uint64_t room);
  std::uint32_t name_number(std::string_view name);
  void write_names(std::ostream& out) const;
  void write_event(std::ostream& out, const Event& event, std::uint64_t number) const;

  std::uint64_t max_events_;
  std::uint64_t dropped_ = 0;
  std::vector<Event> events_;
  std::vector<std::string> groups_;
  std::vector<Row> rows_;
  std::map<std::pair<std::string, std::string>, Track> tracks_;
  std::vector<std::string> names_;
  std::map<std::string, std::uint32_t, std::less<>> name_numbers_;
};

}  // namespace prism::timeline
