// SPDX-License-Identifier: Apache-2.0
// What a sweep found, as a table for people, and as comma-separated values and JSON for scripts.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "platform/cli/headline.h"
#include "platform/cli/sweep_spec.h"

namespace prism::cli {

struct PointResult {
  enum class State { kMissing, kDone, kFailed };

  State state = State::kMissing;
  int exit_status = 0;              // of the point's run
  std::string reason;               // of a failure: one line
  std::string key;                  // in the cache
  std::optional<Headline> figures;  // of a run that is done
};

class SweepResults {
 public:
  /// `results`: one for each point of the specification.
  SweepResults(const SweepSpec& spec, std::vector<PointResult> results);

  std::string table() const;
  std::string csv() const;
  /// {name, keys, points: [{name, key, state, exit_status, reason, values, figures}]}, the same names as in
  /// the CSV.
  nlohmann::ordered_json json() const;

 private:
  /// Names and values of the point's columns, after those of its keys; null: no figure.
  nlohmann::ordered_json figures(std::size_t point) const;
  /// The dense point that differs from this one in nothing but the policy; nothing when there is none.
  const Headline* baseline(std::size_t point) const;

  const SweepSpec& spec_;
  std::vector<PointResult> results_;
};

}  // namespace prism::cli
