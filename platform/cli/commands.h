// SPDX-License-Identifier: Apache-2.0
// What the subcommands do, once the command line has been taken apart. Each returns the exit status.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace prism::cli {

struct RunArguments {
  std::filesystem::path config;
  std::vector<std::string> overrides;  // path=value
  std::filesystem::path out;           // empty: out/<configuration>
  bool quiet = false;
};
int run(const RunArguments& arguments);

struct SweepArguments {
  std::filesystem::path spec;
  std::filesystem::path out;  // empty: out/<spec>
  unsigned jobs = 0;          // 0: as many as the machine has hardware threads
  bool quiet = false;
};
int sweep(const SweepArguments& arguments);

/// Configurations and sweep specifications; every wrong one gets its line.
int validate(const std::vector<std::filesystem::path>& files);

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
