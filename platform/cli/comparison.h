// SPDX-License-Identifier: Apache-2.0
// What differs between two reports.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace prism::cli {

struct ConfigDifference {
  std::string key;      // dotted path
  nlohmann::json a, b;  // null: not there
};

struct StatisticDifference {
  std::string key;
  double a = 0, b = 0;
  double absolute = 0;  // b - a; of a series: the sum of the differences' magnitudes
  double relative = 0;  // over a; infinite where a is 0 or one of them is not there
  std::string note;     // what is no plain number
};

struct Comparison {
  std::vector<ConfigDifference> configuration;
  std::vector<StatisticDifference> statistics;  // the largest relative difference first
  std::size_t statistics_compared = 0;

  double largest_relative() const { return statistics.empty() ? 0.0 : statistics.front().relative; }
};

/// Statistics are all but config, provenance and simulation. `ignored`: shell patterns of statistics that do
/// not count.
Comparison compare_reports(const nlohmann::json& a, const nlohmann::json& b,
                           const std::vector<std::string>& ignored);

}  // namespace prism::cli
