// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <thread>

#include "platform/cli/child_process.h"
#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/load.h"
#include "platform/cli/output.h"
#include "platform/cli/progress_line.h"
#include "platform/cli/sweep_results.h"
#include "platform/cli/sweep_spec.h"
#include "platform/config/json_reader.h"

namespace prism::cli {
namespace fs = std::filesystem;
namespace {

/// SystemC elaborates once a process: a point is a run of this very program.
std::vector<std::string> command_of(const SweepSpec& spec, const SweepPoint& point, const fs::path& folder) {
  std::vector<std::string> command = {executable().string(), "run",    spec.base().string(), "--out",
                                      folder.string(),       "--quiet"};
  for (const std::string& assignment : spec.overrides(point)) {
    command.emplace_back("--set");
    command.push_back(assignment);
  }
  return command;
}

std::vector<int> run_points(const SweepSpec& spec, const fs::path& out, unsigned jobs, bool quiet) {
  const auto& points = spec.points();
  std::vector<int> statuses(points.size(), kExitDone);
  ChildProcesses children;
  ProgressLine line(quiet);
  std::size_t started = 0;
  for (std::size_t done = 0; done < points.size();) {
    while (started < points.size() && children.running() < jobs) {
      const fs::path folder = out / points[started].name;
      make_directory(folder);
      fs::remove(folder / "report.json");  // of an earlier sweep: never taken for this one's
      children.start(started, command_of(spec, points[started], folder), folder / "run.log");
      ++started;
    }
    if (const auto ended = children.wait_briefly()) {
      statuses[ended->index] = ended->status;
      const fs::path log = out / points[ended->index].name / "run.log";
      if (fs::file_size(log) == 0) fs::remove(log);
      ++done;
    }
    line.show(std::to_string(done) + " of " + std::to_string(points.size()) + " points done, " +
                  std::to_string(children.running()) + " running",
              static_cast<double>(done) / static_cast<double>(points.size()));
  }
  return statuses;
}

void add_new(std::vector<std::string>& list, const std::vector<std::string>& items) {
  for (const std::string& item : items) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
  }
}

}  // namespace

int sweep(const SweepArguments& arguments) {
  const SweepSpec spec = SweepSpec::load(arguments.spec);
  for (const SweepPoint& point : spec.points()) spec.parse(point);  // all of them, before any runs

  const fs::path out = arguments.out.empty() ? fs::path("out") / arguments.spec.stem() : arguments.out;
  make_directory(out);
  const unsigned jobs =
      arguments.jobs > 0 ? arguments.jobs : std::max(1U, std::thread::hardware_concurrency());
  const std::vector<int> statuses = run_points(spec, out, jobs, arguments.quiet);

  std::vector<PointResult> results;
  std::vector<std::string> caveats;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    PointResult result{statuses[i], std::nullopt};
    if (result.status == kExitDone) {
      const nlohmann::json report = config::read_json(out / spec.points()[i].name / "report.json");
      result.figures = headline_of(report);
      add_new(caveats, caveats_of(report));
    }
    results.push_back(std::move(result));
  }
  const SweepResults found(spec, std::move(results));
  write_file(out / "sweep.csv", found.csv());

  std::cout << found.table();
  for (const std::string& caveat : caveats) std::cout << "Note: " << caveat << ".\n";
  std::cout << "Reports: " << (out / "*" / "report.json").string() << " and " << (out / "sweep.csv").string()
            << "\n";
  int status = kExitDone;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i] == kExitDone) continue;
    std::cerr << "prism-vp: point " << spec.points()[i].name << " failed with exit status " << statuses[i]
              << ": see " << (out / spec.points()[i].name).string() << "\n";
    status = kExitSystemFailed;
  }
  return status;
}

}  // namespace prism::cli
