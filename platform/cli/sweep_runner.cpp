// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_runner.h"

#include <algorithm>
#include <fstream>
#include <set>

#include "platform/cli/child_process.h"
#include "platform/cli/errors.h"
#include "platform/cli/load.h"
#include "platform/cli/progress_line.h"

namespace prism::cli {
namespace fs = std::filesystem;
namespace {

/// One thread a point: the sweep's parallelism is that of its jobs.
std::vector<std::string> command_of(const SweepSpec& spec, const SweepPoint& point, const fs::path& folder) {
  std::vector<std::string> command = {
      executable().string(), "run", spec.base().string(), "--out", folder.string(), "--quiet", "--json-only",
      "--threads",           "1"};
  for (const std::string& assignment : spec.overrides(point)) {
    command.emplace_back("--set");
    command.push_back(assignment);
  }
  return command;
}

/// The last thing that a failed run said.
std::string reason_of(const fs::path& log, int status) {
  std::ifstream stream(log);
  std::string last;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) last = line;
  }
  constexpr int kSignals = 128;
  if (status > kSignals) {
    const std::string killed = "ended by signal " + std::to_string(status - kSignals);
    return last.empty() ? killed : killed + " after: " + last;
  }
  return last.empty() ? "exit status " + std::to_string(status) : last;
}

void finish(const ResultCache& cache, const std::string& key, int status) {
  const fs::path log = cache.running_folder(key) / "run.log";
  const std::string reason = status == kExitDone ? "" : reason_of(log, status);
  if (fs::exists(log) && fs::file_size(log) == 0) fs::remove(log);
  cache.finish(key, status, reason);
}

}  // namespace

SweepWork run_points(const SweepSpec& spec, const std::vector<std::size_t>& points,
                     const std::vector<std::string>& keys, const ResultCache& cache,
                     const SweepRun& options) {
  std::vector<std::size_t> missing;
  std::set<std::string> asked_for;  // two points may mean the same run
  for (const std::size_t point : points) {
    const auto known = cache.find(keys[point]);
    const bool kept =
        known && known->is_final() && !(options.retry_failed && known->exit_status != kExitDone);
    if (!kept && asked_for.insert(keys[point]).second) missing.push_back(point);
  }
  // The last first: axes mostly rise, and no long run should be left for the end, where the other jobs have
  // no more to do.
  std::reverse(missing.begin(), missing.end());

  ChildProcesses children;
  ProgressLine line(options.quiet);
  std::size_t started = 0;
  for (std::size_t done = 0; done < missing.size();) {
    while (started < missing.size() && children.running() < options.jobs) {
      const std::size_t point = missing[started++];
      const fs::path folder = cache.begin(keys[point]);
      children.start(point, command_of(spec, spec.points()[point], folder), folder / "run.log");
    }
    if (const auto ended = children.wait_briefly()) {
      finish(cache, keys[ended->index], ended->status);
      ++done;
    }
    line.show(std::to_string(points.size() - missing.size() + done) + " of " + std::to_string(points.size()) +
                  " points done, " + std::to_string(children.running()) + " running",
              static_cast<double>(done) / static_cast<double>(missing.size()));
  }
  return {points.size(), points.size() - missing.size()};
}

}  // namespace prism::cli
