// SPDX-License-Identifier: Apache-2.0
// A sweep: a base configuration, overrides common to all points, axes of which every combination is a point,
// keys derived from others, and constraints that drop points. docs/sweeps.md describes the file.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/cli/sweep_axis.h"
#include "platform/config/config.h"

namespace prism::cli {

struct SweepPoint {
  std::string name;                            // of its folder: "context_tokens-4096_policy-dense"
  std::vector<nlohmann::ordered_json> values;  // one for each of SweepSpec::keys()
};

class SweepSpec {
 public:
  /// Throws ConfigError.
  static SweepSpec load(const std::filesystem::path& file);
  /// A document that means a sweep, not a configuration.
  static bool is_sweep(const nlohmann::ordered_json& document) { return document.contains("axes"); }

  const std::string& name() const { return name_; }
  const std::filesystem::path& base() const { return base_; }
  /// Paths that differ from point to point: those of the axes in declared order, then the derived ones.
  const std::vector<std::string>& keys() const { return keys_; }
  /// In declared order, the last axis running fastest.
  const std::vector<SweepPoint>& points() const { return points_; }
  /// How many combinations a constraint dropped.
  std::size_t dropped() const { return dropped_; }

  /// The overrides of a point, as --set takes them.
  std::vector<std::string> overrides(const SweepPoint& point) const;

  /// The point's configuration. Throws a ConfigError that names the point. May run in several threads.
  config::PlatformConfig parse(const SweepPoint& point) const;

 private:
  using Assignment = std::pair<std::string, nlohmann::ordered_json>;

  std::vector<Assignment> assignments(const SweepPoint& point) const;
  void add_axes(const nlohmann::ordered_json& document);
  void add_points(std::size_t axis, SweepPoint point);
  void finish_point(SweepPoint point);
  nlohmann::ordered_json evaluate_at(const SweepPoint& point, const std::string& formula,
                                     const std::string& pointer) const;
  /// By the point's values, the common overrides, or the base; null.
  nlohmann::ordered_json value_at(const SweepPoint& point, const std::string& path) const;

  std::string name_;
  std::filesystem::path file_;
  std::filesystem::path base_;
  std::optional<config::ConfigTree> base_tree_;
  std::vector<Assignment> common_;
  std::vector<SweepAxis> axes_;
  std::vector<std::string> keys_;
  std::vector<std::pair<std::string, std::string>> derived_;  // path, formula
  std::vector<std::string> constraints_;
  std::vector<SweepPoint> points_;
  std::size_t dropped_ = 0;
};

}  // namespace prism::cli
