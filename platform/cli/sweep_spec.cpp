// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_spec.h"

#include <algorithm>
#include <cctype>

#include "platform/cli/load.h"
#include "platform/cli/sweep_expression.h"
#include "platform/config/json_reader.h"
#include "platform/config/suggestion.h"

namespace prism::cli {
namespace fs = std::filesystem;
using config::ConfigError;
using config::pointer_to;
using Json = nlohmann::ordered_json;
namespace {

void check_keys(const Json& document, const std::string& file) {
  const std::vector<std::string> known = {"base",  "set",  "axes",   "derive", "where",
                                          "seeds", "name", "source", "origin", "comment"};
  for (const auto& item : document.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    const auto meant = config::closest(item.key(), known);
    throw ConfigError(file, pointer_to("", item.key()), "unknown key \"" + item.key() + "\"",
                      "\"base\", \"set\", \"axes\", \"derive\", \"where\" or \"seeds\"" +
                          (meant ? " (did you mean \"" + *meant + "\"?)" : ""));
  }
}

void check_formulas(const Json& document, const std::string& file) {
  const auto all_strings = [](const Json& value) {
    return std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
  };
  if (const auto derived = document.find("derive");
      derived != document.end() && !(derived->is_object() && all_strings(*derived))) {
    throw ConfigError(file, "/derive", derived->dump(), "an object of path: \"formula\"");
  }
  if (const auto where = document.find("where");
      where != document.end() && !(where->is_array() && all_strings(*where))) {
    throw ConfigError(file, "/where", where->dump(), "an array of formulas");
  }
}

void check(const Json& document, const std::string& file) {
  if (!document.is_object()) throw ConfigError(file, "", document.type_name(), "an object");
  check_keys(document, file);
  if (!document.contains("base") || !document["base"].is_string()) {
    throw ConfigError(file, "/base", document.contains("base") ? document["base"].dump() : "no value",
                      "the file name of a configuration");
  }
  if (document.contains("set") && !document["set"].is_object()) {
    throw ConfigError(file, "/set", document["set"].dump(), "an object of path: value");
  }
  if (!document.contains("axes") || !document["axes"].is_object() || document["axes"].empty()) {
    throw ConfigError(file, "/axes", document.contains("axes") ? document["axes"].dump() : "no value",
                      "an object of path: values with at least one path");
  }
  check_formulas(document, file);
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

/// A file name may have 255 bytes.
constexpr std::size_t kLongestName = 200;

}  // namespace

SweepSpec SweepSpec::load(const fs::path& file) {
  const Json document = config::read_json(file);
  check(document, file.string());
  SweepSpec spec;
  spec.name_ = document.contains("name") && document["name"].is_string() ? document["name"].get<std::string>()
                                                                         : file.stem().string();
  spec.file_ = file;
  spec.base_ = (file.parent_path() / document["base"].get<std::string>()).lexically_normal();
  if (!fs::exists(spec.base_)) spec.base_ += ".json";
  if (fs::exists(spec.base_)) spec.base_tree_ = cli::load(spec.base_, {});
  if (const auto common = document.find("set"); common != document.end()) {
    for (const auto& item : common->items()) spec.common_.emplace_back(item.key(), item.value());
  }
  spec.add_axes(document);
  if (const auto derived = document.find("derive"); derived != document.end()) {
    for (const auto& item : derived->items()) {
      spec.derived_.emplace_back(item.key(), item.value().get<std::string>());
      spec.keys_.push_back(item.key());
    }
  }
  if (const auto where = document.find("where"); where != document.end()) {
    for (const Json& formula : *where) spec.constraints_.push_back(formula.get<std::string>());
  }
  spec.add_points(0, {});
  if (spec.points_.empty()) {
    throw ConfigError(file.string(), "/where", "constraints that drop every point",
                      "some that leave at least one");
  }
  return spec;
}

void SweepSpec::add_axes(const Json& document) {
  const std::string file = file_.string();
  for (const auto& axis : document["axes"].items()) {
    axes_.push_back(SweepAxis::parse(axis.key(), axis.value(), file, pointer_to("/axes", axis.key())));
  }
  if (document.contains("seeds")) axes_.push_back(parse_seeds(document["seeds"], file));
  for (const SweepAxis& axis : axes_) {
    for (const std::string& path : axis.paths) {
      if (std::find(keys_.begin(), keys_.end(), path) != keys_.end()) {
        throw ConfigError(file, "/axes", "the path " + path + " a second time", "each path on one axis");
      }
      keys_.push_back(path);
    }
  }
}

void SweepSpec::add_points(std::size_t axis, SweepPoint point) {
  if (axis == axes_.size()) return finish_point(std::move(point));
  for (const auto& row : axes_[axis].rows) {
    SweepPoint next = point;
    next.name += (next.name.empty() ? "" : "_") + label(axes_[axis].paths.front(), row.front());
    next.values.insert(next.values.end(), row.begin(), row.end());
    add_points(axis + 1, std::move(next));
  }
}

/// Adds its derived values, and takes it unless a constraint drops it.
void SweepSpec::finish_point(SweepPoint point) {
  for (const auto& [path, formula] : derived_) {
    point.values.push_back(evaluate_at(point, formula, pointer_to("/derive", path)));
  }
  for (std::size_t i = 0; i < constraints_.size(); ++i) {
    const std::string pointer = "/where/" + std::to_string(i);
    const Json holds = evaluate_at(point, constraints_[i], pointer);
    if (!holds.is_boolean()) {
      throw ConfigError(file_.string(), pointer, constraints_[i] + ", which is " + holds.dump(),
                        "a formula that is true or false");
    }
    if (holds.get<bool>()) continue;
    ++dropped_;
    return;
  }
  const bool taken = std::any_of(points_.begin(), points_.end(),
                                 [&](const SweepPoint& other) { return other.name == point.name; });
  if (taken || point.name.size() > kLongestName) {
    point.name.resize(std::min(point.name.size(), kLongestName));
    point.name += "_" + std::to_string(points_.size());
  }
  points_.push_back(std::move(point));
}

Json SweepSpec::evaluate_at(const SweepPoint& point, const std::string& formula,
                            const std::string& pointer) const {
  try {
    return evaluate(formula, [&](const std::string& path) { return value_at(point, path); });
  } catch (const ExpressionError& error) {
    throw ConfigError(file_.string(), pointer, error.what(), "a formula over keys that are given");
  }
}

Json SweepSpec::value_at(const SweepPoint& point, const std::string& path) const {
  const std::vector<Assignment> given = assignments(point);
  for (auto assignment = given.rbegin(); assignment != given.rend(); ++assignment) {
    if (assignment->first == path) return assignment->second;
  }
  std::string pointer = "/" + path;
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  const nlohmann::json::json_pointer place(pointer);
  return base_tree_ && base_tree_->root().contains(place) ? Json(base_tree_->root().at(place))
                                                          : Json(nullptr);
}

std::vector<SweepSpec::Assignment> SweepSpec::assignments(const SweepPoint& point) const {
  std::vector<Assignment> result = common_;
  for (std::size_t key = 0; key < point.values.size(); ++key)
    result.emplace_back(keys_[key], point.values[key]);
  return result;
}

std::vector<std::string> SweepSpec::overrides(const SweepPoint& point) const {
  std::vector<std::string> result;
  for (const auto& [path, value] : assignments(point)) result.push_back(path + "=" + value.dump());
  return result;
}

config::PlatformConfig SweepSpec::parse(const SweepPoint& point) const {
  config::ConfigTree tree = base_tree_ ? *base_tree_ : cli::load(base_, {});
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
