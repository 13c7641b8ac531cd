// SPDX-License-Identifier: Apache-2.0
#include "platform/timeline/trace_log.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <tuple>

namespace prism::timeline {
namespace {

/// The format counts microseconds.
std::string microseconds(Picoseconds ps) {
  constexpr Picoseconds kPerMicrosecond = 1'000'000;
  return fmt::format("{}.{:06}", ps / kPerMicrosecond, ps % kPerMicrosecond);
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump();
}

}  // namespace

TraceLog::Track TraceLog::track(const std::string& group, const std::string& row) {
  const auto found = tracks_.find({group, row});
  if (found != tracks_.end()) return found->second;
  auto place = std::find(groups_.begin(), groups_.end(), group);
  if (place == groups_.end()) place = groups_.insert(groups_.end(), group);
  const auto number = static_cast<std::uint32_t>(place - groups_.begin());
  const auto rows =
      std::count_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.group == number; });
  rows_.push_back({number, static_cast<std::uint32_t>(rows) + 1, row});
  const auto track = static_cast<Track>(rows_.size() - 1);
  tracks_.emplace(std::pair(group, row), track);
  return track;
}

std::uint32_t TraceLog::name_number(std::string_view name) {
  const auto found = name_numbers_.find(name);
  if (found != name_numbers_.end()) return found->second;
  names_.emplace_back(name);
  const auto number = static_cast<std::uint32_t>(names_.size() - 1);
  name_numbers_.emplace(names_.back(), number);
  return number;
}

bool TraceLog::add(const Event& event, std::uint64_t room) {
  if (events_.size() >= room) {
    ++dropped_;
    return false;
  }
  events_.push_back(event);
  return true;
}

bool TraceLog::slice(Track track, std::string_view name, Picoseconds begun, Picoseconds ended,
                     const Details& details) {
  return add({begun, ended - begun, details.bytes, details.requests, track, name_number(name), Kind::kSlice},
             max_events_);
}

void TraceLog::transaction(Track track, std::string_view name, Picoseconds begun, Picoseconds ended,
                           std::uint64_t bytes) {
  add({begun, ended - begun, bytes, 0, track, name_number(name), Kind::kTransaction}, max_events_ / 4 * 3);
}

void TraceLog::counter(Track track, std::string_view name, Picoseconds at, double value) {
  add({at, 0, std::bit_cast<std::uint64_t>(value), 0, track, name_number(name), Kind::kCounter}, max_events_);
}

void TraceLog::flow(Track from, Picoseconds left, Track to, Picoseconds arrived) {
  add({left, arrived - left, to, 0, from, name_number("data"), Kind::kFlow}, max_events_);
}

void TraceLog::write_names(std::ostream& out) const {
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    fmt::print(out, "{{\"ph\":\"M\",\"pid\":{0},\"name\":\"process_name\",\"args\":{{\"name\":{1}}}}},\n",
               group + 1, quoted(groups_[group]));
    fmt::print(
        out,
        "{{\"ph\":\"M\",\"pid\":{0},\"name\":\"process_sort_index\",\"args\":{{\"sort_index\":{0}}}}},\n",
        group + 1);
  }
  for (const Row& row : rows_) {
    fmt::print(
        out, "{{\"ph\":\"M\",\"pid\":{0},\"tid\":{1},\"name\":\"thread_name\",\"args\":{{\"name\":{2}}}}},\n",
        row.group + 1, row.number, quoted(row.name));
    fmt::print(out,
               "{{\"ph\":\"M\",\"pid\":{0},\"tid\":{1},\"name\":\"thread_sort_index\",\"args\":{{\"sort_"
               "index\":{1}}}}},\n",
               row.group + 1, row.number);
  }
}

void TraceLog::write_event(std::ostream& out, const Event& event, std::uint64_t number) const {
  const Row& row = rows_[event.track];
  const auto place = [](const Row& where) {
    return fmt::format("\"pid\":{},\"tid\":{}", where.group + 1, where.number);
  };
  const std::string name = quoted(names_[event.name]);
  switch (event.kind) {
    case Kind::kSlice: {
      std::string arguments;
      if (event.bytes > 0) arguments += fmt::format("\"bytes\":{}", event.bytes);
      if (event.requests > 0)
        arguments += fmt::format("{}\"requests\":{}", arguments.empty() ? "" : ",", event.requests);
      fmt::print(out, "{{\"ph\":\"X\",{},\"ts\":{},\"dur\":{},\"name\":{}", place(row),
                 microseconds(event.at), microseconds(event.duration), name);
      if (!arguments.empty()) fmt::print(out, ",\"args\":{{{}}}", arguments);
      fmt::print(out, "}}");
      return;
    }
    case Kind::kTransaction:
      fmt::print(out,
                 "{{\"ph\":\"b\",\"cat\":\"transaction\",\"id\":{0},{1},\"ts\":{2},\"name\":{3},\"args\":{{"
                 "\"bytes\":{4}}}}},\n"
                 "{{\"ph\":\"e\",\"cat\":\"transaction\",\"id\":{0},{1},\"ts\":{5},\"name\":{3}}}",
                 number, place(row), microseconds(event.at), name, event.bytes,
                 microseconds(event.at + event.duration));
      return;
    case Kind::kCounter:
      fmt::print(out, "{{\"ph\":\"C\",\"pid\":{},\"ts\":{},\"name\":{},\"args\":{{\"value\":{}}}}}",
                 row.group + 1, microseconds(event.at), name, std::bit_cast<double>(event.bytes));
      return;
    case Kind::kFlow:
      fmt::print(out,
                 "{{\"ph\":\"s\",\"cat\":\"data\",\"id\":{0},{1},\"ts\":{2},\"name\":{3}}},\n"
                 "{{\"ph\":\"f\",\"bp\":\"e\",\"cat\":\"data\",\"id\":{0},{4},\"ts\":{5},\"name\":{3}}}",
                 number, place(row), microseconds(event.at), name, place(rows_[event.bytes]),
                 microseconds(event.at + event.duration));
      return;
  }
}

void TraceLog::write(std::ostream& out, const std::vector<std::pair<std::string, std::string>>& notes) const {
  fmt::print(
      out,
      "{{\"displayTimeUnit\":\"ns\",\n\"otherData\":{{\"events\":{},\"events_dropped\":{},\"truncated\":{}",
      events_.size(), dropped_, dropped_ > 0);
  for (const auto& [name, value] : notes) fmt::print(out, ",{}:{}", quoted(name), value);
  fmt::print(out, "}},\n\"traceEvents\":[\n");
  write_names(out);
  std::vector<std::uint32_t> order(events_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  // An outer slice comes before the inner one that begins at the same time.
  std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    const Event& x = events_[a];
    const Event& y = events_[b];
    return std::tuple(x.track, x.at, -x.duration) < std::tuple(y.track, y.at, -y.duration);
  });
  for (std::size_t i = 0; i < order.size(); ++i) {
    write_event(out, events_[order[i]], order[i] + 1);
    fmt::print(out, "{}\n", i + 1 < order.size() ? "," : "");
  }
  fmt::print(out, "]}}\n");
}

}  // namespace prism::timeline
