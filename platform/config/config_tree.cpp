// SPDX-License-Identifier: Apache-2.0
#include "platform/config/config_tree.h"

#include <algorithm>
#include <utility>

#include "platform/config/json_reader.h"
#include "platform/config/suggestion.h"

namespace prism::config {
namespace fs = std::filesystem;
namespace {

nlohmann::json::json_pointer json_pointer(const std::string& pointer) {
  return nlohmann::json::json_pointer(pointer);
}

/// The JSON files of the folder that `name` points into, named as `name` is.
std::vector<std::string> siblings(const fs::path& directory, const fs::path& name) {
  std::vector<std::string> names;
  std::error_code ignored;  // no such folder: no names
  for (const auto& entry : fs::directory_iterator((directory / name).parent_path(), ignored)) {
    if (entry.path().extension() != ".json") continue;
    names.push_back((name.parent_path() / entry.path().stem()).generic_string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

ConfigTree ConfigTree::load(const fs::path& file, std::vector<fs::path> preset_directories) {
  ConfigTree tree;
  tree.preset_directories_ = std::move(preset_directories);
  tree.origins_[""] = file.string();
  tree.apply_file(file, "");
  return tree;
}

void ConfigTree::set(std::string_view assignment) {
  const std::string label = "--set " + std::string(assignment);
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw ConfigError(label, "", "\"" + std::string(assignment) + "\"", "path=value, as in policy.k=16");
  }
  const std::string_view text = assignment.substr(equals + 1);
  const bool is_json = nlohmann::ordered_json::accept(text);
  const auto value =
      is_json ? nlohmann::ordered_json::parse(text) : nlohmann::ordered_json(std::string(text));
  set(assignment.substr(0, equals), value, label);
}

void ConfigTree::set(std::string_view path, const nlohmann::ordered_json& value, const std::string& label) {
  std::vector<std::string> keys;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    keys.emplace_back(path.substr(start, dot - start));
    if (keys.back().empty())
      throw ConfigError(label, "", "an empty name in the path", "names joined by dots");
    start = dot + 1;
  }
  nlohmann::ordered_json node = value;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    node = nlohmann::ordered_json::object({{*key, std::move(node)}});
  }
  apply(node, "", Source{label, fs::path(".")});
}

void ConfigTree::apply(const nlohmann::ordered_json& node, const std::string& pointer, const Source& source) {
  nlohmann::json& target = root_[json_pointer(pointer)];
  if (!node.is_object() || !target.is_object()) {
    // Whatever lay beneath a replaced value is gone.
    std::erase_if(origins_, [&](const auto& entry) { return entry.first.starts_with(pointer + "/"); });
    target = node.is_object() ? nlohmann::json::object() : nlohmann::json(node);
    origins_[pointer] = source.label;
  }
  if (!node.is_object()) return;
  if (const auto names = node.find("extends"); names != node.end()) apply_extends(*names, pointer, source);
  for (const auto& [key, value] : node.items()) {
    if (key != "extends" && key != "$schema") apply(value, pointer_to(pointer, key), source);
  }
}

void ConfigTree::apply_extends(const nlohmann::ordered_json& names, const std::string& pointer,
                               const Source& source) {
  const auto list = names.is_array() ? names : nlohmann::ordered_json::array({names});
  const std::string place = pointer_to(pointer, "extends");
  for (const auto& name : list) {
    if (!name.is_string()) {
      throw ConfigError(source.label, place, name.dump(), "the name of a file, or a list of names");
    }
    const fs::path file = find(name.get<std::string>(), place, source);
    const fs::path identity = fs::weakly_canonical(file);
    if (std::find(loading_.begin(), loading_.end(), identity) != loading_.end()) {
      throw ConfigError(source.label, place, name.dump() + ", which closes a circle",
                        "files that do not extend each other in a circle");
    }
    apply_file(file, pointer);
  }
}

void ConfigTree::apply_file(const fs::path& file, const std::string& pointer) {
  const nlohmann::ordered_json document = read_json(file);
  if (!document.is_object()) throw ConfigError(file.string(), "", document.type_name(), "an object");
  loading_.push_back(fs::weakly_canonical(file));
  apply(document, pointer, Source{file.string(), file.parent_path()});
  loading_.pop_back();
}

fs::path ConfigTree::find(const std::string& name, const std::string& pointer, const Source& source) const {
  std::vector<fs::path> directories{source.directory};
  directories.insert(directories.end(), preset_directories_.begin(), preset_directories_.end());
  for (const fs::path& directory : directories) {
    for (const char* suffix : {"", ".json"}) {
      fs::path candidate = (directory / (name + suffix)).lexically_normal();
      if (fs::is_regular_file(candidate)) return candidate;
    }
  }
  std::vector<std::string> known;
  for (const fs::path& directory : directories) {
    const auto names = siblings(directory, name);
    known.insert(known.end(), names.begin(), names.end());
  }
  const auto meant = closest(name, known);
  throw ConfigError(
      source.label, pointer, "\"" + name + "\", which is no file",
      "a file beside this one or a preset" + (meant ? " (did you mean \"" + *meant + "\"?)" : ""));
}

const std::string& ConfigTree::origin(const std::string& pointer) const {
  for (std::string place = pointer;; place.resize(place.rfind('/'))) {
    if (const auto found = origins_.find(place); found != origins_.end()) return found->second;
  }
}

ConfigError ConfigTree::error(const std::string& pointer, const std::string& found,
                              const std::string& expected) const {
  return ConfigError(origin(pointer), pointer, found, expected);
}

}  // namespace prism::config
