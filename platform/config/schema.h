// SPDX-License-Identifier: Apache-2.0
// The published JSON Schema (configs/schema/prism-vp.schema.json), compiled into the program: it says which
// keys exist, their types, ranges and defaults.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "platform/config/config_tree.h"

namespace prism::config {

/// The schema's text, as in the file.
std::string_view schema_text();

class Schema {
 public:
  Schema() : Schema(nlohmann::json::parse(schema_text())) {}
  explicit Schema(nlohmann::json document) : document_(std::move(document)) {}
  /// The schema of one section of a configuration, such as "hbm", as a document of its own.
  static Schema of_section(const std::string& name);

  /// Throws a ConfigError for the deepest wrong value of the tree.
  void validate(const ConfigTree& tree) const;

  /// The tree with every default filled in; throws a ConfigError for a missing value that has no default.
  nlohmann::json complete(const ConfigTree& tree) const;

  /// JSON pointers of all values that a complete configuration holds, notes (name, source, ...) aside.
  std::vector<std::string> leaves() const;

 private:
  const nlohmann::json& resolve(const nlohmann::json& node) const;  // follows $ref
  const nlohmann::json* node_at(const std::string& pointer) const;
  void fill(const nlohmann::json& node, nlohmann::json& value, const std::string& pointer,
            const ConfigTree& tree) const;
  void collect(const nlohmann::json& node, const std::string& pointer,
               std::vector<std::string>& leaves) const;
  void reject_unknown_keys(const ConfigTree& tree, const std::string& pointer) const;
  std::string expected_key(const nlohmann::json& node, const std::string& key) const;

  nlohmann::json document_;
};

}  // namespace prism::config
