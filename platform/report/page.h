// SPDX-License-Identifier: Apache-2.0
// Pages that people look at: one HTML file each, complete in itself (style, charting library and data are
// inside), which opens without a network. docs/report.md shows one.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace prism::report {

struct NamedReport {
  std::string name;
  nlohmann::json report;  // report.json of a run
};

/// The first one is what the others are compared with.
std::string report_page(const std::vector<NamedReport>& reports);

/// `sweep`: sweep.json.
std::string sweep_page(const nlohmann::ordered_json& sweep);

}  // namespace prism::report
