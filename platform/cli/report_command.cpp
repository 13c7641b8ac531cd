// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/load.h"
#include "platform/cli/output.h"
#include "platform/config/json_reader.h"
#include "platform/report/page.h"

namespace prism::cli {
namespace fs = std::filesystem;
namespace {

/// "out/64k/report.json" and "out/64k/": "64k".
std::string name_of(const fs::path& place) {
  const fs::path whole = fs::absolute(place).lexically_normal();
  if (!fs::is_directory(whole)) {
    return (whole.stem() == "report" ? whole.parent_path().filename() : whole.stem()).string();
  }
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

}  // namespace

int report(const ReportArguments& arguments) {
  const fs::path& first = arguments.results.front();
  const bool is_sweep = fs::is_directory(first) && fs::exists(first / "sweep.json");
  std::string page;
  if (is_sweep) {
    if (arguments.results.size() > 1) reject(arguments.results[1].string(), "another result", "one sweep");
    page = report::sweep_page(config::read_json(first / "sweep.json"));
  } else {
    std::vector<report::NamedReport> reports;
    for (const fs::path& place : arguments.results) reports.push_back({name_of(place), read_report(place)});
    page = report::report_page(reports);
  }
  fs::path out = arguments.out;
  if (out.empty()) {
    out = (fs::is_directory(first) ? first : first.parent_path()) / (is_sweep ? "sweep.html" : "report.html");
  }
  write_file(out, page);
  std::cout << "Page: " << out.string() << "\n";
  return kExitDone;
}

}  // namespace prism::cli
