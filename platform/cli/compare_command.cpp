// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <iostream>

#include "platform/cli/commands.h"
#include "platform/cli/comparison.h"
#include "platform/cli/errors.h"
#include "platform/cli/load.h"
#include "platform/cli/output.h"
#include "platform/cli/table.h"

namespace prism::cli {
namespace {

std::string percent(double relative) {
  return std::isinf(relative) ? "-" : fmt::format("{:.3g} %", relative * 100);
}

void print(const Comparison& found) {
  if (!found.configuration.empty()) {
    Table table({"configuration", "A", "B"}, 3);
    for (const ConfigDifference& item : found.configuration)
      table.add_row({item.key, item.a.dump(), item.b.dump()});
    std::cout << table.text() << "\n";
  }
  if (!found.statistics.empty()) {
    Table table({"statistic", "A", "B", "B - A", "relative", ""});
    for (const StatisticDifference& item : found.statistics) {
      const bool number = item.note.empty() || item.note == "series";
      table.add_row({item.key, number ? fmt::format("{:.6g}", item.a) : "-",
                     number ? fmt::format("{:.6g}", item.b) : "-",
                     number ? fmt::format("{:.6g}", item.absolute) : "-", percent(item.relative), item.note});
    }
    std::cout << table.text() << "\n";
  }
  std::cout << fmt::format("{} configuration keys differ; {} of {} statistics differ\n",
                           found.configuration.size(), found.statistics.size(), found.statistics_compared);
}

nlohmann::ordered_json to_json(const Comparison& found) {
  nlohmann::ordered_json configuration = nlohmann::ordered_json::array();
  for (const ConfigDifference& item : found.configuration)
    configuration.push_back({{"key", item.key}, {"a", item.a}, {"b", item.b}});
  nlohmann::ordered_json statistics = nlohmann::ordered_json::array();
  for (const StatisticDifference& item : found.statistics) {
    statistics.push_back({{"key", item.key},
                          {"a", item.a},
                          {"b", item.b},
                          {"absolute", item.absolute},
                          {"relative", std::isinf(item.relative) ? nlohmann::ordered_json(nullptr)
                                                                 : nlohmann::ordered_json(item.relative)},
                          {"note", item.note}});
  }
  return {{"configuration", configuration},
          {"statistics", statistics},
          {"statistics_compared", found.statistics_compared}};
}

}  // namespace

int compare(const CompareArguments& arguments) {
  const Comparison found =
      compare_reports(read_report(arguments.a), read_report(arguments.b), arguments.ignored);
  print(found);
  if (!arguments.json.empty()) write_file(arguments.json, to_json(found).dump(2) + "\n");
  if (!arguments.threshold || found.largest_relative() <= *arguments.threshold) return kExitDone;
  std::cerr << fmt::format(
      "prism-vp: {} differs by {}, beyond the threshold of {}\n", found.statistics.front().key,
      std::isinf(found.largest_relative()) ? "more than any share" : percent(found.largest_relative()),
      percent(*arguments.threshold));
  return kExitSystemFailed;
}

}  // namespace prism::cli
