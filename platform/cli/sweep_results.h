// SPDX-License-Identifier: Apache-2.0
// What a sweep found, as a table for people and as comma-separated values for scripts.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "platform/cli/headline.h"
#include "platform/cli/sweep_spec.h"

namespace prism::cli {

struct PointResult {
  int status = 0;                   // exit status of the point's run
  std::optional<Headline> figures;  // nothing when the run failed
};

class SweepResults {
 public:
  /// `results`: one for each point of the specification.
  SweepResults(const SweepSpec& spec, std::vector<PointResult> results);

  std::string table() const;
  std::string csv() const;

 private:
  /// The dense point that differs from this one in nothing but the policy; nothing when there is none.
  const Headline* baseline(std::size_t point) const;

  const SweepSpec& spec_;
  std::vector<PointResult> results_;
};

}  // namespace prism::cli
