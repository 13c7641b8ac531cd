// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/load.h"
#include "platform/cli/output.h"
#include "platform/cli/progress_line.h"
#include "platform/cli/rank_output.h"
#include "platform/config/config.h"
#include "platform/config/photonic_preset.h"

namespace prism::cli {
namespace {

constexpr const char* kExamples =
    "Each trial ranks random unit-norm signatures against a random query, as the paper does. Paths of --set "
    "and "
    "--sweep are\n"
    "those of CONFIG: drive.bits for a photonic preset, photonic.drive.bits for a configuration of the "
    "platform.\n"
    "Examples:\n"
    "  prism-vp rank physical\n"
    "  prism-vp rank physical --rows 1024 --dimension 64 --trials 1000 --json physical.json\n"
    "  prism-vp rank physical --sweep drive.max_volts=3,5,10\n"
    "  prism-vp rank ideal --sweep extends=photonic/ideal,photonic/paper,photonic/physical\n"
    "  prism-vp rank configs/decode_64k.json --set photonic.extends=photonic/physical\n"
    "  prism-vp rank configs/paper/recall_bits.json --trials 200 --sweep drive.bits=2,3,4,5,6,7";

struct Sweep {
  std::string key;
  std::vector<std::string> values;  // {""} without a sweep
};

Sweep sweep_of(const std::string& option) {
  if (option.empty()) return {"", {""}};
  const std::size_t equals = option.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == option.size()) {
    reject("--sweep", "\"" + option + "\"", "path=value,value,..., as in drive.bits=4,5,6");
  }
  Sweep sweep{option.substr(0, equals), {}};
  for (std::size_t start = equals + 1; start <= option.size();) {
    const std::size_t comma = std::min(option.find(',', start), option.size());
    sweep.values.push_back(option.substr(start, comma - start));
    if (sweep.values.back().empty())
      reject("--sweep", "an empty value in \"" + option + "\"", "values joined by commas");
    start = comma + 1;
  }
  return sweep;
}

/// Whether the tree is a configuration of the platform, not a photonic preset.
bool is_platform(const config::ConfigTree& tree) {
  return tree.holds("/photonic") || tree.holds("/workload") || tree.holds("/hbm");
}

/// The core, and how many blocks it ranks for what k by default.
RankPoint parse(const config::ConfigTree& tree) {
  RankPoint point;
  if (is_platform(tree)) {
    const config::PlatformConfig platform = config::parse_config(tree);
    point.name = platform.name + ", " + platform.resolved.at("photonic").value("name", "photonic core");
    point.config = platform.photonic;
    point.resolved = platform.resolved.at("photonic");
    point.warnings = platform.warnings;
    point.options.blocks = platform.workload.context_tokens / platform.policy.block_tokens;
    point.options.k = platform.policy.k;
    point.options.seed = platform.seed;
  } else {
    const config::PhotonicPreset preset = config::parse_photonic_preset(tree);
    point.name = preset.name.empty() ? "photonic core" : preset.name;
    point.config = preset.config;
    point.resolved = preset.resolved;
    point.warnings = preset.warnings;
    point.options.blocks = std::min(preset.config.rows, preset.config.max_blocks);
  }
  return point;
}

RankPoint point_of(const RankArguments& arguments, const config::ConfigTree& base, const std::string& key,
                   const std::string& value) {
  config::ConfigTree tree = base;
  const std::string section = is_platform(tree) ? "photonic." : "";
  const auto set = [&](const char* option, const std::string& path,
                       const std::optional<std::uint32_t>& number) {
    if (number) tree.set(path, *number, std::string(option) + " " + std::to_string(*number));
  };
  set("--rows", section + "rows", arguments.rows);
  set("--dimension", section + "wavelengths", arguments.dimension);
  if (is_platform(tree)) set("--dimension", "policy.signature_dimension", arguments.dimension);
  for (const std::string& assignment : arguments.overrides) tree.set(assignment);
  nlohmann::json swept;
  if (!key.empty()) {
    swept = nlohmann::json::accept(value) ? nlohmann::json::parse(value) : nlohmann::json(value);
    tree.set(key, swept, "--sweep " + key + "=" + value);
  }

  RankPoint point = parse(tree);
  point.value = std::move(swept);
  point.options.trials = arguments.trials;
  point.options.blocks = arguments.blocks.value_or(point.options.blocks);
  point.options.k = arguments.k.value_or(point.options.k);
  point.options.seed = arguments.seed.value_or(point.options.seed);
  point.options.age = ps_from_ns(arguments.age_us * 1e3);
  point.options.threads = arguments.threads;
  if (point.options.blocks < 2 || point.options.blocks > point.config.max_blocks) {
    reject("--blocks", std::to_string(point.options.blocks),
           "2 to " + std::to_string(point.config.max_blocks) + ", the photonic core's max_blocks");
  }
  if (point.options.k > point.options.blocks) {
    reject("--k", std::to_string(point.options.k),
           "at most the blocks (" + std::to_string(point.options.blocks) + ")");
  }
  return point;
}

}  // namespace

void add_rank_options(CLI::App& command, RankArguments& arguments) {
  const CLI::Range count(1u, 100'000'000u);
  command.footer(kExamples);
  command
      .add_option("CONFIG", arguments.config,
                  "configuration of the platform, or photonic preset: a file, or a name in configs/photonic")
      ->required();
  command.add_option("--trials", arguments.trials, "how many")->check(count)->capture_default_str();
  command.add_option("--rows", arguments.rows, "physical rows (default: CONFIG's)");
  command
      .add_option("--blocks", arguments.blocks,
                  "blocks to rank (default: those of the context, or one for each row)")
      ->check(count);
  command.add_option("--dimension", arguments.dimension,
                     "signature dimension = wavelengths (default: CONFIG's)");
  command.add_option("--k", arguments.k, "best blocks to find (default: policy.k, or 32)")->check(count);
  command.add_option("--age-us", arguments.age_us, "from the calibration to the ranking, us")
      ->check(CLI::Range(0.0, 1e12))
      ->capture_default_str();
  command.add_option("--seed", arguments.seed, "of signatures, queries and chips (default: CONFIG's, or 1)");
  command
      .add_option("--threads", arguments.threads,
                  "at a time; results do not depend on it (default: the machine's)")
      ->check(CLI::Range(1u, 1024u));
  command.add_option("--set", arguments.overrides, "override: path=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--sweep", arguments.sweep, "one row for each value of a key: path=value,value,...");
  command.add_option("--json", arguments.json, "file for the figures");
  command.add_flag("--quiet", arguments.quiet, "no progress on standard error");
}

int rank(const RankArguments& arguments) {
  const config::ConfigTree tree =
      config::ConfigTree::load(preset_file(arguments.config, "photonic"), preset_directories());
  const Sweep sweep = sweep_of(arguments.sweep);
  std::vector<RankPoint> points;
  for (const std::string& value : sweep.values) points.push_back(point_of(arguments, tree, sweep.key, value));

  {
    ProgressLine line(arguments.quiet);
    for (std::size_t i = 0; i < points.size(); ++i) {
      points[i].options.progress = [&, i](double done) {
        const double all = (static_cast<double>(i) + done) / static_cast<double>(points.size());
        line.show("point " + std::to_string(i + 1) + "/" + std::to_string(points.size()), all);
      };
      points[i].accuracy = measure_accuracy(points[i].config, points[i].options);
    }
  }

  nlohmann::ordered_json figures;
  if (sweep.key.empty()) {
    std::cout << rank_tables(points.front());
    figures = rank_json(points.front());
  } else {
    std::cout << points.front().name << ", " << arguments.trials << " trials\n"
              << rank_sweep_table(points, sweep.key);
    figures = {{"sweep", sweep.key}, {"points", nlohmann::ordered_json::array()}};
    for (const RankPoint& point : points) figures["points"].push_back(rank_json(point));
  }
  if (!arguments.json.empty()) write_file(arguments.json, figures.dump(2) + "\n");
  return kExitDone;
}

}  // namespace prism::cli
