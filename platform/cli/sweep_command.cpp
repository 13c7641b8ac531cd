// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <thread>

#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/output.h"
#include "platform/cli/parallel.h"
#include "platform/cli/result_cache.h"
#include "platform/cli/sweep_results.h"
#include "platform/cli/sweep_runner.h"
#include "platform/cli/sweep_spec.h"
#include "platform/config/json_reader.h"
#include "platform/report/page.h"

namespace prism::cli {
namespace fs = std::filesystem;
namespace {

/// "2/8": of eight equal shares the second.
struct Shard {
  std::size_t number = 1;
  std::size_t count = 1;

  std::vector<std::size_t> of(std::size_t points) const {
    std::vector<std::size_t> mine;
    for (std::size_t i = number - 1; i < points; i += count) mine.push_back(i);
    return mine;
  }
};

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, shard.number);
  const bool slash = number.ec == std::errc() && number.ptr != end && *number.ptr == '/';
  const auto count = slash ? std::from_chars(number.ptr + 1, end, shard.count) : number;
  if (!slash || count.ec != std::errc() || count.ptr != end || shard.number < 1 ||
      shard.number > shard.count) {
    reject("--shard", "\"" + text + "\"", "I/N with I from 1 to N");
  }
  return shard;
}

void add_new(std::vector<std::string>& list, const std::vector<std::string>& items) {
  for (const std::string& item : items) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
  }
}

/// All points' keys. Checks every configuration, before any runs.
std::vector<std::string> keys_of(const SweepSpec& spec, unsigned threads) {
  const std::string program = program_identity();
  std::vector<std::string> keys(spec.points().size());
  for_each_index(keys.size(), threads, [&](std::size_t i) {
    keys[i] = ResultCache::key_of(spec.parse(spec.points()[i]), program);
  });
  return keys;
}

/// A readable name for each result: a link into the cache.
void link_points(const SweepSpec& spec, const std::vector<PointResult>& results, const fs::path& out) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].state == PointResult::State::kMissing) continue;
    const fs::path link = out / spec.points()[i].name;
    if (fs::exists(fs::symlink_status(link)) && !fs::is_symlink(link)) {
      throw InputError(link.string() +
                       ": found something that no sweep has made, expected nothing or a link");
    }
    fs::remove(link);
    fs::create_directory_symlink(fs::path("cache") / results[i].key, link);
  }
}

PointResult collect_one(const std::string& key, const ResultCache& cache, std::vector<std::string>& caveats) {
  PointResult result;
  result.key = key;
  const auto found = cache.find(key);
  if (!found) return result;
  result.state = found->exit_status == kExitDone ? PointResult::State::kDone : PointResult::State::kFailed;
  result.exit_status = found->exit_status;
  result.reason = found->reason;
  if (found->exit_status == kExitDone) {
    const nlohmann::json report = config::read_json(found->folder / "report.json");
    result.figures = headline_of(report);
    caveats = caveats_of(report);
  }
  return result;
}

std::vector<PointResult> collect(const std::vector<std::string>& keys, const ResultCache& cache,
                                 unsigned threads, std::vector<std::string>& caveats) {
  std::vector<PointResult> results(keys.size());
  std::vector<std::vector<std::string>> found(keys.size());
  for_each_index(keys.size(), threads,
                 [&](std::size_t i) { results[i] = collect_one(keys[i], cache, found[i]); });
  for (const auto& of_point : found) add_new(caveats, of_point);
  return results;
}

/// A line on standard error for each point without a result; the exit status.
int complain(const SweepSpec& spec, const std::vector<std::size_t>& points,
             const std::vector<PointResult>& results) {
  int status = kExitDone;
  for (const std::size_t i : points) {
    const PointResult& result = results[i];
    if (result.state == PointResult::State::kDone) continue;
    status = kExitSystemFailed;
    std::cerr << "prism-vp: point " << spec.points()[i].name;
    if (result.state == PointResult::State::kMissing) {
      std::cerr << " has not been run\n";
    } else {
      std::cerr << " failed with exit status " << result.exit_status << ": " << result.reason << "\n";
    }
  }
  return status;
}

void write_results(const SweepSpec& spec, std::vector<PointResult> results, const fs::path& out,
                   const std::vector<std::string>& caveats) {
  link_points(spec, results, out);
  const SweepResults found(spec, std::move(results));
  write_file(out / "sweep.csv", found.csv());
  const nlohmann::ordered_json json = found.json();
  write_file(out / "sweep.json", json.dump(1) + "\n");
  write_file(out / "sweep.html", report::sweep_page(json));
  std::cout << found.table();
  for (const std::string& caveat : caveats) std::cout << "Note: " << caveat << ".\n";
  std::cout << "Reports: " << (out / "*" / "report.json").string() << ", " << (out / "sweep.csv").string()
            << ", " << (out / "sweep.json").string() << " and " << (out / "sweep.html").string() << "\n";
}

}  // namespace

int sweep(const SweepArguments& arguments) {
  const SweepSpec spec = SweepSpec::load(arguments.spec);
  const bool sharded = !arguments.shard.empty();
  if (sharded && arguments.merge) reject("--shard", "--merge, too", "one of them");
  const Shard shard = sharded ? parse_shard(arguments.shard) : Shard{};
  const unsigned jobs =
      arguments.jobs > 0 ? arguments.jobs : std::max(1U, std::thread::hardware_concurrency());
  const std::vector<std::string> keys = keys_of(spec, jobs);

  const fs::path out = arguments.out.empty() ? fs::path("out") / arguments.spec.stem() : arguments.out;
  const ResultCache cache(out / "cache");
  std::vector<std::size_t> points = shard.of(keys.size());
  if (arguments.merge) {
    for (const fs::path& other : arguments.merge_from) {
      const ResultCache theirs(other / "cache");
      for (const std::string& key : keys) cache.import_from(theirs, key);
    }
  } else {
    const SweepWork work =
        run_points(spec, points, keys, cache, {jobs, arguments.retry_failed, arguments.quiet});
    if (work.cached > 0) {
      std::cerr << fmt::format("prism-vp: {} of {} points had a result already\n", work.cached, work.wanted);
    }
  }

  std::vector<std::string> caveats;
  const std::vector<PointResult> results = collect(keys, cache, jobs, caveats);
  const int status = complain(spec, points, results);
  if (sharded) {
    std::cout << fmt::format("Shard {} of {}: {} points in {}; merge with --merge\n", shard.number,
                             shard.count, points.size(), (out / "cache").string());
  } else {
    write_results(spec, results, out, caveats);
  }
  return status;
}

}  // namespace prism::cli
