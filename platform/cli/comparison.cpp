// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/comparison.h"

#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace prism::cli {
namespace {

using Json = nlohmann::json;
using Leaves = std::map<std::string, Json>;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Everything but objects is a leaf: a series is one statistic.
void flatten(const Json& value, const std::string& path, Leaves& leaves) {
  if (!value.is_object()) {
    leaves[path] = value;
    return;
  }
  for (const auto& item : value.items())
    flatten(item.value(), path.empty() ? item.key() : path + "." + item.key(), leaves);
}

bool is_statistic(const std::string& key) {
  for (const char* other : {"config", "provenance", "simulation"}) {
    if (key == other) return false;
  }
  return true;
}

bool matches(const std::string& key, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), key.c_str(), 0) == 0;
  });
}

double relative(double difference, double base) {
  if (difference == 0) return 0;
  return base == 0 ? kInfinite : std::abs(difference / base);
}

/// Numbers of a list, those of nested lists included, in order.
void numbers_of(const Json& value, std::vector<double>& numbers) {
  if (value.is_number()) numbers.push_back(value.get<double>());
  if (!value.is_array()) return;
  for (const Json& item : value) numbers_of(item, numbers);
}

/// Series of unequal length are compared as if the shorter one went on with zeros.
StatisticDifference compare_series(const std::string& key, const Json& a, const Json& b) {
  std::vector<double> first, second;
  numbers_of(a, first);
  numbers_of(b, second);
  const std::size_t length = std::max(first.size(), second.size());
  first.resize(length);
  second.resize(length);
  StatisticDifference result{key, 0, 0, 0, 0, "series"};
  for (std::size_t i = 0; i < length; ++i) {
    result.a += std::abs(first[i]);
    result.b += std::abs(second[i]);
    result.absolute += std::abs(second[i] - first[i]);
  }
  result.relative = length == 0 ? kInfinite : relative(result.absolute, result.a);
  return result;
}

StatisticDifference compare_values(const std::string& key, const Json* a, const Json* b) {
  if (a == nullptr) return {key, 0, 0, 0, kInfinite, "only in B"};
  if (b == nullptr) return {key, 0, 0, 0, kInfinite, "only in A"};
  if (a->is_number() && b->is_number()) {
    const auto first = a->get<double>();
    const auto second = b->get<double>();
    return {key, first, second, second - first, relative(second - first, first), ""};
  }
  if (a->is_array() && b->is_array()) return compare_series(key, *a, *b);
  return {key, 0, 0, 0, kInfinite, a->dump() + " and " + b->dump()};
}

template <typename Visit>
void visit_differences(const Leaves& a, const Leaves& b, Visit visit) {
  Leaves keys = a;
  keys.insert(b.begin(), b.end());
  for (const auto& item : keys) {
    const auto first = a.find(item.first);
    const auto second = b.find(item.first);
    const Json* of_a = first != a.end() ? &first->second : nullptr;
    const Json* of_b = second != b.end() ? &second->second : nullptr;
    if (of_a == nullptr || of_b == nullptr || *of_a != *of_b) visit(item.first, of_a, of_b);
  }
}

Leaves statistics_of(const Json& report, const std::vector<std::string>& ignored) {
  Leaves all, wanted;
  for (const auto& item : report.items()) {
    if (is_statistic(item.key())) flatten(item.value(), item.key(), all);
  }
  for (auto& [key, value] : all) {
    if (!matches(key, ignored)) wanted.emplace(key, std::move(value));
  }
  return wanted;
}

}  // namespace

Comparison compare_reports(const Json& a, const Json& b, const std::vector<std::string>& ignored) {
  Comparison result;
  Leaves config_a, config_b;
  flatten(a.at("config"), "", config_a);
  flatten(b.at("config"), "", config_b);
  visit_differences(config_a, config_b, [&](const std::string& key, const Json* of_a, const Json* of_b) {
    result.configuration.push_back(
        {key, of_a != nullptr ? *of_a : Json(nullptr), of_b != nullptr ? *of_b : Json(nullptr)});
  });
  const Leaves statistics_a = statistics_of(a, ignored);
  const Leaves statistics_b = statistics_of(b, ignored);
  result.statistics_compared = statistics_a.size();
  visit_differences(statistics_a, statistics_b,
                    [&](const std::string& key, const Json* of_a, const Json* of_b) {
                      result.statistics.push_back(compare_values(key, of_a, of_b));
                    });
  std::stable_sort(result.statistics.begin(), result.statistics.end(),
                   [](const auto& x, const auto& y) { return x.relative > y.relative; });
  return result;
}

}  // namespace prism::cli
