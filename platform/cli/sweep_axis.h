// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace prism::cli {

/// One dimension of a sweep: keys that change together, and the values that they take in turn.
struct SweepAxis {
  std::vector<std::string> paths;
  std::vector<std::vector<nlohmann::ordered_json>> rows;  // a value for each path

  /// An entry of "axes": a list, a range {from, to, step | factor | count}, or {zip: {path: list or range}}.
  /// `pointer`: of the entry in `file`, for errors. Throws ConfigError.
  static SweepAxis parse(const std::string& path, const nlohmann::ordered_json& value,
                         const std::string& file, const std::string& pointer);
};

/// The entry "seeds": how many (1, 2, ...), or a list.
SweepAxis parse_seeds(const nlohmann::ordered_json& value, const std::string& file);

}  // namespace prism::cli
