// SPDX-License-Identifier: Apache-2.0
// A configuration as the user wrote it: files with `extends`, and overrides, merged into one tree. Knows
// which file (or override) every value came from, so that errors name the right one. Knows nothing of what
// the keys mean.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "platform/config/config_error.h"

namespace prism::config {

class ConfigTree {
 public:
  /// Loads `file`. A name in `extends` is looked up beside the file that holds it, then in
  /// `preset_directories`; the suffix .json may be left out. Later wins: extended files in their order, then
  /// the object's own members; objects merge, anything else replaces. Throws ConfigError.
  static ConfigTree load(const std::filesystem::path& file,
                         std::vector<std::filesystem::path> preset_directories = {});

  /// An override "path.to.key=value", as given to --set: a value that is not JSON is a string.
  void set(std::string_view assignment);
  /// Overrides the value at the dotted `path`. `label`: where it came from, for errors.
  void set(std::string_view path, const nlohmann::ordered_json& value, const std::string& label);

  const nlohmann::json& root() const { return root_; }

  /// Where the value at `pointer`, or the nearest object around it, came from. An object comes from where it
  /// first appeared, a value from where it was given last.
  const std::string& origin(const std::string& pointer) const;
  /// Whether the user's files or overrides give a value or object at `pointer`.
  bool holds(const std::string& pointer) const { return origins_.contains(pointer); }

  /// An error about the value at `pointer`, with its origin as the file.
  ConfigError error(const std::string& pointer, const std::string& found, const std::string& expected) const;

 private:
  struct Source {
    std::string label;                // in errors
    std::filesystem::path directory;  // of names in `extends`
  };

  void apply(const nlohmann::ordered_json& node, const std::string& pointer, const Source& source);
  void apply_extends(const nlohmann::ordered_json& names, const std::string& pointer, const Source& source);
  void apply_file(const std::filesystem::path& file, const std::string& pointer);
  std::filesystem::path find(const std::string& name, const std::string& pointer, const Source& source) const;

  nlohmann::json root_ = nlohmann::json::object();
  std::map<std::string, std::string> origins_;  // pointer to label, for every object and leaf
  std::vector<std::filesystem::path> preset_directories_;
  std::vector<std::filesystem::path> loading_;  // files under way, outermost first
};

}  // namespace prism::config
