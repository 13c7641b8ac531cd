// SPDX-License-Identifier: Apache-2.0
// A sweep: a base configuration, overrides common to all points, and axes of which every combination is a
// point.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "platform/config/config.h"

namespace prism::cli {

struct SweepPoint {
  std::string name;                            // of its folder: "context_tokens-4096_policy-dense"
  std::vector<nlohmann::ordered_json> values;  // one for each axis
};

class SweepSpec {
 public:
  /// Throws ConfigError.
  static SweepSpec load(const std::filesystem::path& file);
  /// A document that means a sweep, not a configuration.
  static bool is_sweep(const nlohmann::ordered_json& document) { return document.contains("axes"); }

  const std::filesystem::path& base() const { return base_; }
  const std::vector<std::string>& axes() const { return axes_; }
  /// In declared order, the last axis running fastest.
  const std::vector<SweepPoint>& points() const { return points_; }

  /// The overrides of a point, as --set takes them.
  std::vector<std::string> overrides(const SweepPoint& point) const;

  /// The point's configuration. Throws a ConfigError that names the point.
  config::PlatformConfig parse(const SweepPoint& point) const;

 private:
  using Assignment = std::pair<std::string, nlohmann::ordered_json>;

  std::vector<Assignment> assignments(const SweepPoint& point) const;
  void add_points(const nlohmann::ordered_json& axes, std::size_t axis, SweepPoint point);

  std::filesystem::path file_;
  std::filesystem::path base_;
  std::vector<Assignment> common_;
  std::vector<std::string> axes_;
  std::vector<SweepPoint> points_;
};

}  // namespace prism::cli
