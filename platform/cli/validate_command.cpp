// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/load.h"
#include "platform/cli/sweep_spec.h"
#include "platform/config/config.h"
#include "platform/config/json_reader.h"

namespace prism::cli {
namespace {

/// What the file is, when it is right. Throws ConfigError.
std::string check(const std::filesystem::path& file) {
  if (!SweepSpec::is_sweep(config::read_json(file))) {
    print_warnings(config::parse_config(load(file, {})).warnings);
    return "configuration";
  }
  const SweepSpec spec = SweepSpec::load(file);
  for (const SweepPoint& point : spec.points()) spec.parse(point);
  return "sweep of " + std::to_string(spec.points().size()) + " points";
}

}  // namespace

int validate(const std::vector<std::filesystem::path>& files) {
  int status = kExitDone;
  for (const auto& file : files) {
    try {
      const std::string kind = check(file);
      std::cout << file.string() << ": a valid " << kind << "\n";
    } catch (const config::ConfigError& error) {
      std::cerr << "prism-vp: error: " << error.what() << "\n";
      status = kExitInputWrong;
    }
  }
  return status;
}

}  // namespace prism::cli
