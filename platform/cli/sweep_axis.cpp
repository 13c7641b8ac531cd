// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_axis.h"

#include <algorithm>
#include <cmath>

#include "platform/config/config_error.h"
#include "platform/config/json_reader.h"

namespace prism::cli {
namespace {

using config::ConfigError;
using config::pointer_to;
using Json = nlohmann::ordered_json;

constexpr double kMostValues = 100000;
constexpr const char* kRange =
    "a range {\"from\", \"to\", \"step\" | \"factor\" | \"count\"} of at most 100000 values, with step > 0 "
    "towards \"to\", factor > 1 from a positive \"from\", or count >= 2";

/// Whole numbers stay integers: keys that count something take nothing else.
Json number(double value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value == std::floor(value) && std::abs(value) < kExact) return static_cast<std::int64_t>(value);
  return value;
}

std::vector<Json> range(const Json& value, const std::string& file, const std::string& pointer) {
  const auto wrong = [&] { return ConfigError(file, pointer, value.dump(), kRange); };
  const auto given = [&](const char* key) { return value.contains(key) && value[key].is_number(); };
  if (value.size() != 3 || !given("from") || !given("to")) throw wrong();
  const auto from = value["from"].get<double>();
  const auto to = value["to"].get<double>();
  std::vector<Json> values;
  if (given("step")) {
    const auto step = value["step"].get<double>();
    if (step <= 0 || to < from || (to - from) / step > kMostValues) throw wrong();
    const auto last = static_cast<std::int64_t>(std::floor((to - from) / step + 1e-9));
    for (std::int64_t i = 0; i <= last; ++i) values.push_back(number(from + static_cast<double>(i) * step));
  } else if (given("factor")) {
    const auto factor = value["factor"].get<double>();
    if (factor <= 1 || from <= 0 || to < from || std::log(to / from) / std::log(factor) > kMostValues) {
      throw wrong();
    }
    for (double x = from; x <= to * (1 + 1e-9); x *= factor) values.push_back(number(x));
  } else if (given("count")) {
    const auto count = value["count"].get<double>();
    if (count < 2 || count > kMostValues || count != std::floor(count)) throw wrong();
    for (double i = 0; i < count; ++i) values.push_back(number(from + (to - from) * i / (count - 1)));
  } else {
    throw wrong();
  }
  return values;
}

std::vector<Json> values_of(const Json& value, const std::string& file, const std::string& pointer) {
  if (value.is_array() && !value.empty()) return {value.begin(), value.end()};
  if (value.is_object() && value.contains("from")) return range(value, file, pointer);
  throw ConfigError(file, pointer, value.dump(),
                    "an array of at least one value, a range {\"from\": ...}, or {\"zip\": {path: values}}");
}

SweepAxis single(const std::string& path, const std::vector<Json>& values) {
  SweepAxis axis{{path}, {}};
  for (const Json& value : values) axis.rows.push_back({value});
  return axis;
}

SweepAxis zip(const Json& columns, const std::string& file, const std::string& pointer) {
  if (!columns.is_object() || columns.empty()) {
    throw ConfigError(file, pointer, columns.dump(), "an object of path: values");
  }
  SweepAxis axis;
  for (const auto& column : columns.items()) {
    const std::string place = pointer_to(pointer, column.key());
    const std::vector<Json> values = values_of(column.value(), file, place);
    if (axis.paths.empty()) axis.rows.resize(values.size());
    if (values.size() != axis.rows.size()) {
      throw ConfigError(file, place, std::to_string(values.size()) + " values",
                        "as many as " + axis.paths.front() + " has, " + std::to_string(axis.rows.size()));
    }
    axis.paths.push_back(column.key());
    for (std::size_t row = 0; row < values.size(); ++row) axis.rows[row].push_back(values[row]);
  }
  return axis;
}

}  // namespace

SweepAxis SweepAxis::parse(const std::string& path, const Json& value, const std::string& file,
                           const std::string& pointer) {
  if (value.is_object() && value.size() == 1 && value.contains("zip")) {
    return zip(value["zip"], file, pointer_to(pointer, "zip"));
  }
  return single(path, values_of(value, file, pointer));
}

SweepAxis parse_seeds(const Json& value, const std::string& file) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() >= 1 &&
      value.get<std::uint64_t>() <= static_cast<std::uint64_t>(kMostValues)) {
    return single("seed", range({{"from", 1}, {"to", value}, {"step", 1}}, file, "/seeds"));
  }
  if (value.is_array() && !value.empty()) return single("seed", {value.begin(), value.end()});
  throw ConfigError(file, "/seeds", value.dump(), "how many seeds, or a list of them");
}

}  // namespace prism::cli
