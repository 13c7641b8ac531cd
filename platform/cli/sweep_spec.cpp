// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_spec.h"

#include <algorithm>
#include <cctype>

#include "platform/cli/load.h"
#include "platform/config/json_reader.h"
#include "platform/config/suggestion.h"

namespace prism::cli {
namespace fs = std::filesystem;
using config::ConfigError;
using config::pointer_to;
using Json = nlohmann::ordered_json;
namespace {

void check(const Json& document, const std::string& file) {
  if (!document.is_object()) throw ConfigError(file, "", document.type_name(), "an object");
  const std::vector<std::string> known = {"base", "set", "axes", "name", "source", "origin", "comment"};
  for (const auto& item : document.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    const auto meant = config::closest(item.key(), known);
    throw ConfigError(file, pointer_to("", item.key()), "unknown key \"" + item.key() + "\"",
                      "\"base\", \"set\" or \"axes\"" + (meant ? " (did you mean \"" + *meant + "\"?)" : ""));
  }
  if (!document.contains("base") || !document["base"].is_string()) {
    throw ConfigError(file, "/base", document.contains("base") ? document["base"].dump() : "no value",
                      "the file name of a configuration");
  }
  if (document.contains("set") && !document["set"].is_object()) {
    throw ConfigError(file, "/set", document["set"].dump(), "an object of path: value");
  }
  if (!document.contains("axes") || !document["axes"].is_object() || document["axes"].empty()) {
    throw ConfigError(file, "/axes", document.contains("axes") ? document["axes"].dump() : "no value",
                      "an object of path: [values] with at least one path");
  }
  for (const auto& axis : document["axes"].items()) {
    if (axis.value().is_array() && !axis.value().empty()) continue;
    throw ConfigError(file, pointer_to("/axes", axis.key()), axis.value().dump(),
                      "an array of at least one value");
  }
}

/// "workload.context_tokens", 4096: "context_tokens-4096". A last part that says nothing alone gives way to
/// the one before: "policy.name", "dense": "policy-dense".
std::string label(std::string path, const Json& value) {
  std::replace(path.begin(), path.end(), '.', '/');
  fs::path parts = path;
  if ((parts.filename() == "name" || parts.filename() == "extends") && parts.has_parent_path()) {
    parts = parts.parent_path();
  }
  std::string text =
      parts.filename().string() + "-" + (value.is_string() ? value.get<std::string>() : value.dump());
  for (char& c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_' && c != '-') c = '-';
  }
  return text;
}

}  // namespace

SweepSpec SweepSpec::load(const fs::path& file) {
  const Json document = config::read_json(file);
  check(document, file.string());
  SweepSpec spec;
  spec.file_ = file;
  spec.base_ = (file.parent_path() / document["base"].get<std::string>()).lexically_normal();
  if (!fs::exists(spec.base_)) spec.base_ += ".json";
  if (const auto common = document.find("set"); common != document.end()) {
    for (const auto& item : common->items()) spec.common_.emplace_back(item.key(), item.value());
  }
  for (const auto& axis : document["axes"].items()) spec.axes_.push_back(axis.key());
  spec.add_points(document["axes"], 0, {});
  return spec;
}

void SweepSpec::add_points(const Json& axes, std::size_t axis, SweepPoint point) {
  if (axis == axes_.size()) {
    const auto taken = std::count_if(points_.begin(), points_.end(),
                                     [&](const SweepPoint& other) { return other.name == point.name; });
    if (taken > 0) point.name += "_" + std::to_string(points_.size());
    points_.push_back(std::move(point));
    return;
  }
  for (const Json& value : axes.at(axes_[axis])) {
    SweepPoint next = point;
    next.name += (next.name.empty() ? "" : "_") + label(axes_[axis], value);
    next.values.push_back(value);
    add_points(axes, axis + 1, std::move(next));
  }
}

std::vector<SweepSpec::Assignment> SweepSpec::assignments(const SweepPoint& point) const {
  std::vector<Assignment> result = common_;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis)
    result.emplace_back(axes_[axis], point.values[axis]);
  return result;
}

std::vector<std::string> SweepSpec::overrides(const SweepPoint& point) const {
  std::vector<std::string> result;
  for (const auto& [path, value] : assignments(point)) result.push_back(path + "=" + value.dump());
  return result;
}

config::PlatformConfig SweepSpec::parse(const SweepPoint& point) const {
  config::ConfigTree tree = cli::load(base_, {});
  for (const auto& [path, value] : assignments(point)) {
    tree.set(path, value, file_.string() + " (" + path + "=" + value.dump() + ")");
  }
  try {
    return config::parse_config(tree);
  } catch (const ConfigError& error) {
    throw ConfigError(error.file() + ", point " + point.name, error.pointer(), error.found(),
                      error.expected());
  }
}

}  // namespace prism::cli
