// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "models/hbm/engine_factory.h"
#include "models/hbm/hbm_energy.h"
#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/human_units.h"
#include "platform/cli/load.h"
#include "platform/cli/memory_output.h"
#include "platform/cli/output.h"
#include "platform/cli/progress_line.h"
#include "platform/config/hbm_preset.h"
#include "platform/memory/generators.h"
#include "platform/memory/trace_reader.h"

namespace prism::cli {
namespace {

constexpr const char* kExamples =
    "Bytes may have a unit: 32K is 32768. Times are in ns, energies in pJ, bandwidths in GB/s (10^9 bytes a "
    "second).\n"
    "A trace has one request a line, cycles in clocks (tCK): 15: read 0x1a40\n"
    "Examples:\n"
    "  prism-vp memory hbm3_6400\n"
    "  prism-vp memory hbm2_2gbps_dramsys --pattern blocks --block-bytes 32K --json kv.json\n"
    "  prism-vp memory hbm4_8000 --pattern mixed --write-share 0.5 --channels 1 --refresh per_bank\n"
    "  prism-vp memory hbm3_6400 --fidelity fast --pattern blocks --request-bytes 32K --set "
    "controller.queue_depth=16\n"
    "  prism-vp memory my_hbm.json --trace accesses.txt --outstanding 16";

const CLI::Range kCount(std::uint64_t{1}, std::uint64_t{1'000'000'000'000});

config::HbmPreset preset_of(const MemoryArguments& arguments) {
  config::ConfigTree tree =
      config::ConfigTree::load(preset_file(arguments.preset, "hbm"), preset_directories());
  const auto set = [&](const char* option, const char* path, const auto& value) {
    if (value) tree.set(path, *value, std::string(option) + " " + nlohmann::json(*value).dump());
  };
  tree.set("fidelity", arguments.fidelity, "--fidelity " + arguments.fidelity);
  set("--stacks", "organization.stacks", arguments.stacks);
  set("--channels", "organization.channels", arguments.channels);
  // Another number of channels makes another capacity than the preset states.
  if (arguments.channels) tree.set("organization.stack_bytes", nullptr, "--channels");
  set("--address-map", "controller.address_map", arguments.address_map);
  set("--page-policy", "controller.page_policy", arguments.page_policy);
  set("--scheduler", "controller.scheduler", arguments.scheduler);
  set("--refresh", "controller.refresh", arguments.refresh);
  for (const std::string& assignment : arguments.overrides) tree.set(assignment);
  return config::parse_hbm_preset(tree);
}

memory_study::TrafficShape shape_of(const MemoryArguments& arguments, const hbm::Organization& organization) {
  const std::uint64_t burst = organization.burst_bytes;
  const bool is_mixed = arguments.pattern == "mixed";
  memory_study::TrafficShape shape{
      .requests = arguments.requests,
      .request_bytes = arguments.request_bytes > 0 ? arguments.request_bytes : burst,
      .capacity_bytes = organization.capacity_bytes(),
      .block_bytes = arguments.block_bytes,
      .write_share = arguments.write_share.value_or(is_mixed ? 0.3 : 0.0),
      .seed = arguments.seed};
  if (shape.request_bytes % burst != 0 || shape.request_bytes > shape.capacity_bytes) {
    reject("--request-bytes", std::to_string(shape.request_bytes),
           "a multiple of the burst (" + std::to_string(burst) + "), at most the capacity (" +
               std::to_string(shape.capacity_bytes) + ")");
  }
  if (arguments.pattern != "blocks") return shape;
  const std::uint64_t region = std::min(memory_study::BlockTraffic::kRegionBytes, shape.capacity_bytes);
  if (shape.block_bytes == 0 || shape.block_bytes % shape.request_bytes != 0 || shape.block_bytes > region) {
    reject("--block-bytes", std::to_string(shape.block_bytes),
           "a multiple of the request (" + std::to_string(shape.request_bytes) + "), at most " +
               std::to_string(region));
  }
  return shape;
}

std::unique_ptr<memory_study::TrafficSource> source_of(const MemoryArguments& arguments,
                                                       const memory_study::TrafficShape& shape,
                                                       Picoseconds clock) {
  if (!arguments.trace.empty()) {
    return std::make_unique<memory_study::TraceReader>(arguments.trace, clock, shape.request_bytes,
                                                       shape.capacity_bytes);
  }
  if (arguments.pattern == "seq") return std::make_unique<memory_study::SequentialTraffic>(shape);
  if (arguments.pattern == "blocks") return std::make_unique<memory_study::BlockTraffic>(shape);
  return std::make_unique<memory_study::RandomTraffic>(shape);  // random and mixed
}

nlohmann::json configuration_of(const MemoryArguments& arguments, const memory_study::TrafficShape& shape,
                                const config::HbmPreset& preset) {
  nlohmann::json traffic = {{"request_bytes", shape.request_bytes}, {"outstanding", arguments.outstanding}};
  if (!arguments.trace.empty()) {
    traffic["trace"] = arguments.trace.string();
  } else {
    traffic["pattern"] = arguments.pattern;
    traffic["write_share"] = shape.write_share;
    traffic["seed"] = shape.seed;
    if (arguments.pattern == "blocks") traffic["block_bytes"] = shape.block_bytes;
  }
  return {{"hbm", preset.resolved}, {"traffic", traffic}};
}

std::unique_ptr<hbm::TimingEngine> engine_of(const hbm::HbmConfig& config) {
  try {
    return hbm::make_engine(config);
  } catch (const std::invalid_argument& problem) {
    reject(config.preset, std::string("an HBM system that cannot be simulated (") + problem.what() + ")",
           "another organization or timing");
  }
}

memory_study::RunResult drive(hbm::TimingEngine& engine, memory_study::TrafficSource& source,
                              const MemoryArguments& arguments) {
  ProgressLine line(arguments.quiet);
  memory_study::RunOptions options;
  options.outstanding = arguments.outstanding;
  options.progress = [&](double done, Picoseconds now) {
    line.show(human_time_ns(ns_from_ps(now)) + " simulated", done);
  };
  return memory_study::TrafficRunner(engine, source, options).run();
}

void measure(const MemoryArguments& arguments) {
  const config::HbmPreset preset = preset_of(arguments);
  const memory_study::TrafficShape shape = shape_of(arguments, preset.config.organization);
  const auto source = source_of(arguments, shape, preset.config.timing.tCK);
  const auto engine = engine_of(preset.config);

  const auto begin = std::chrono::steady_clock::now();
  const memory_study::RunResult traffic = drive(*engine, *source, arguments);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;

  ModuleStatistics energy("hbm");
  hbm::report_energy(preset.config, engine->counters(), traffic.end, energy);
  const MemoryMeasurement measured{
      preset.config, traffic, engine->counters(), engine->bytes_per_channel(), energy, wall.count()};
  const std::string what = arguments.trace.empty() ? arguments.pattern : arguments.trace.filename().string();
  std::cout << memory_table(measured, preset.config.preset + ", " + arguments.fidelity + ": " + what);
  if (!arguments.json.empty()) {
    write_file(arguments.json,
               memory_json(measured, configuration_of(arguments, shape, preset)).dump(2) + "\n");
  }
}

}  // namespace

void add_memory_options(CLI::App& command, MemoryArguments& arguments) {
  command.footer(kExamples);
  command.add_option("PRESET", arguments.preset, "HBM preset: a file, or a name in configs/hbm")->required();
  CLI::Option* pattern =
      command
          .add_option(
              "--pattern", arguments.pattern,
              "seq: contiguous; random: uniform over the memory; blocks: aligned blocks in random order; "
              "mixed: random with 30 % writes")
          ->check(CLI::IsMember({"seq", "random", "blocks", "mixed"}))
          ->capture_default_str();
  command.add_option("--trace", arguments.trace, "file with the requests, instead of a pattern")
      ->excludes(pattern);
  command.add_option("--requests", arguments.requests, "how many")->check(kCount)->capture_default_str();
  command
      .add_option("--request-bytes", arguments.request_bytes, "bytes of each request (default: one burst)")
      ->transform(CLI::AsSizeValue(false));
  command.add_option("--block-bytes", arguments.block_bytes, "bytes of a block of the pattern blocks")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  command
      .add_option("--write-share", arguments.write_share, "share of writes, 0 to 1 (default: 0; mixed: 0.3)")
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--outstanding", arguments.outstanding,
                  "most requests under way at a time (default: as many as the controller takes)")
      ->check(kCount);
  command.add_option("--channels", arguments.channels, "channels of each stack (default: the preset's)");
  command.add_option("--stacks", arguments.stacks, "stacks (default: the preset's)");
  command.add_option("--fidelity", arguments.fidelity, "fast or detailed")->capture_default_str();
  command.add_option("--address-map", arguments.address_map,
                     "address bits, from the highest: \"row[*] column[*] ...\"");
  command.add_option("--page-policy", arguments.page_policy, "open, closed or timeout");
  command.add_option("--scheduler", arguments.scheduler, "fcfs or fr_fcfs");
  command.add_option("--refresh", arguments.refresh, "none, all_bank or per_bank");
  command.add_option("--seed", arguments.seed, "of random addresses and directions")->capture_default_str();
  command.add_option("--set", arguments.overrides, "any value of the preset: path=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--json", arguments.json, "file for the figures");
  command.add_flag("--quiet", arguments.quiet, "no progress on standard error");
}

int memory(const MemoryArguments& arguments) {
  try {
    measure(arguments);
  } catch (const memory_study::TraceError& error) {
    throw InputError(error.what());
  }
  return kExitDone;
}

}  // namespace prism::cli
