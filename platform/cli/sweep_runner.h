// SPDX-License-Identifier: Apache-2.0
// Runs the points of a sweep that have no result yet, each in a process of its own: SystemC elaborates once a
// process.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "platform/cli/result_cache.h"
#include "platform/cli/sweep_spec.h"

namespace prism::cli {

struct SweepRun {
  unsigned jobs = 1;
  bool retry_failed = false;
  bool quiet = false;
};

struct SweepWork {
  std::size_t wanted = 0;  // points
  std::size_t cached = 0;  // of them, had a result already
};

/// `points`: indices into spec.points(); `keys`: of every point, in the cache.
SweepWork run_points(const SweepSpec& spec, const std::vector<std::size_t>& points,
                     const std::vector<std::string>& keys, const ResultCache& cache, const SweepRun& options);

}  // namespace prism::cli
