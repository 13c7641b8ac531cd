// SPDX-License-Identifier: Apache-2.0
// Statistics belong to the models: each fills a ModuleStatistics with named, described values; the report
// formats them.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "models/common/purpose.h"

namespace prism {

/// How a quantity was spread over its events.
struct Distribution {
  std::uint64_t count = 0;
  double mean = 0, p50 = 0, p99 = 0, max = 0;
  std::vector<std::pair<double, std::uint64_t>> bins;  // lowest value of the bin, events in it
};

/// Amounts in equal stretches of simulated time, from its start.
struct TimeSeries {
  double bin_ns = 0;
  std::vector<std::uint64_t> values;
};

struct Statistic {
  std::string name;  // unit as suffix: busy_ns, bytes_read
  std::string unit;  // "ns", "bytes", "1" for a pure number
  std::string description;
  std::variant<std::uint64_t, double, PurposeCounters, Distribution, TimeSeries> value;
};

struct EnergyItem {
  std::string component;  // e.g. "hbm.io", "photonic.laser"
  double picojoules;
  std::string description;
};

class ModuleStatistics {
 public:
  explicit ModuleStatistics(std::string owner) : owner_(std::move(owner)) {}

  void count(std::string name, std::string unit, std::string description, std::uint64_t value);
  void gauge(std::string name, std::string unit, std::string description, double value);
  void by_purpose(std::string name, std::string unit, std::string description, const PurposeCounters& value);
  void distribution(std::string name, std::string unit, std::string description, Distribution value);
  void over_time(std::string name, std::string unit, std::string description, TimeSeries value);
  /// Energy the module spent so far. Components with unknown figures are declared with energy_unknown
  /// instead.
  void energy(std::string component, double picojoules, std::string description);
  /// Says that the module has no sourced figure for this component: it is missing from totals, and listed as
  /// such.
  void energy_unknown(std::string component);

  const std::string& owner() const { return owner_; }
  const std::vector<Statistic>& statistics() const { return statistics_; }
  const std::vector<EnergyItem>& energies() const { return energies_; }
  const std::vector<std::string>& unknown_energies() const { return unknown_energies_; }

  /// {name: value, ...}; purpose counters become {purpose: value, ...}, distributions {count, mean, p50, p99,
  /// max, bins: [[lowest, count], ...]}, series {bin_ns, values}. Energies are not included.
  nlohmann::json to_json() const;

 private:
  std::string owner_;
  std::vector<Statistic> statistics_;
  std::vector<EnergyItem> energies_;
  std::vector<std::string> unknown_energies_;
};

/// Purposes as {name: count}, every purpose present.
nlohmann::json to_json(const PurposeCounters& counters);

}  // namespace prism
