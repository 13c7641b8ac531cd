// SPDX-License-Identifier: Apache-2.0
// What the subcommands do, once the command line has been taken apart. Each returns the exit status.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace prism::cli {

struct RunArguments {
  std::filesystem::path config;
  std::vector<std::string> overrides;       // path=value
  std::filesystem::path out;                // empty: out/<configuration>
  std::filesystem::path firmware;           // ELF; empty: the decode firmware, or the native one
  std::optional<std::uint16_t> gdb_port;    // 0: any free one
  std::filesystem::path instruction_trace;  // empty: none
  std::filesystem::path signature;          // empty: none
  std::string trace_range;                  // FIRST:LAST, addresses or symbols; empty: all
  std::string timeline = "none";            // or "phases", "transactions"
  std::uint64_t timeline_events = 1000000;  // at most
  unsigned threads = 0;                     // 0: as many as the machine has
  bool json_only = false;                   // write report.json and nothing for people
  std::string console;                      // a file, or tcp[:PORT]; empty: standard output
  std::optional<std::uint64_t> max_instructions;
  bool quiet = false;
};
int run(const RunArguments& arguments);

struct SweepArguments {
  std::filesystem::path spec;
  std::filesystem::path out;                      // empty: out/<spec>
  unsigned jobs = 0;                              // 0: as many as the machine has hardware threads
  std::string shard;                              // I/N; empty: all points
  bool merge = false;                             // run nothing
  std::vector<std::filesystem::path> merge_from;  // other sweeps' folders
  bool retry_failed = false;
  bool quiet = false;
};
int sweep(const SweepArguments& arguments);

struct CompareArguments {
  std::filesystem::path a, b;  // report.json, or the folder that holds it
  std::optional<double> threshold;
  std::vector<std::string> ignored;  // patterns of statistics
  std::filesystem::path json;        // empty: none
};
int compare(const CompareArguments& arguments);

struct ReportArguments {
  std::vector<std::filesystem::path> results;  // the first is the baseline
  std::filesystem::path out;                   // empty: report.html beside the first
};
int report(const ReportArguments& arguments);

/// Configurations and sweep specifications; every wrong one gets its line.
int validate(const std::vector<std::filesystem::path>& files);

struct MemoryArguments {
  std::string preset;  // a file, or a name in configs/hbm
  std::string pattern = "seq";
  std::filesystem::path trace;  // empty: the pattern
  std::uint64_t requests = 1 << 20;
  std::uint64_t request_bytes = 0;  // 0: one burst
  std::uint64_t block_bytes = 32u << 10;
  std::optional<double> write_share;  // default: 0.3 for mixed, else 0
  std::uint64_t outstanding = 0;      // 0: as many as the controller takes
  std::uint64_t seed = 1;
  std::optional<std::uint32_t> channels, stacks;
  std::optional<std::string> address_map, page_policy, scheduler, refresh;
  std::string fidelity = "detailed";
  std::vector<std::string> overrides;  // path=value, paths as in the preset
  std::filesystem::path json;          // empty: none
  bool quiet = false;
};
/// The options that fill `arguments`, with their help.
void add_memory_options(CLI::App& command, MemoryArguments& arguments);
int memory(const MemoryArguments& arguments);

struct RankArguments {
  std::string config;  // a configuration, or a photonic preset: a file, or a name in configs/photonic
  std::uint32_t trials = 100;
  std::optional<std::uint32_t> rows, blocks, dimension, k;
  double age_us = 10000.0;
  std::optional<std::uint64_t> seed;
  unsigned threads = 0;                // 0: as many as the machine has
  std::vector<std::string> overrides;  // path=value, paths as in CONFIG
  std::string sweep;                   // path=value,value,...; empty: none
  std::filesystem::path json;          // empty: none
  bool quiet = false;
};
/// The options that fill `arguments`, with their help.
void add_rank_options(CLI::App& command, RankArguments& arguments);
int rank(const RankArguments& arguments);

struct DescribeArguments {
  std::filesystem::path config;  // empty: the shipped decode_64k
  std::vector<std::string> overrides;
  bool origins = false;  // config: say where each value comes from
};
int describe_config(const DescribeArguments& arguments);
int describe_memory_map(const DescribeArguments& arguments);
int describe_registers(const DescribeArguments& arguments);
int describe_statistics(const DescribeArguments& arguments);
int describe_schema();

}  // namespace prism::cli
