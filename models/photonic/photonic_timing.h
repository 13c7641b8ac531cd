// SPDX-License-Identifier: Apache-2.0
// Latency and energy of the photonic core: closed forms over the configuration.
#pragma once

#include <cstdint>

#include "models/common/statistics.h"
#include "models/photonic/photonic_config.h"

namespace prism::photonic {

/// What the core has done, as far as energy depends on it.
struct PhotonicActivity {
  std::uint64_t evaluations = 0;     // optical passes
  std::uint64_t rings_switched = 0;  // ring weights set, by loads and between pages
};

/// Numbers: latency and power tables of arXiv 2603.21576v2. The paper's stages sum to 8.9 ns, which it rounds
/// to 9 ns (so 174.4 mW give 1570 pJ there and 1552 pJ here); no rounding happens in this class. Does not
/// model static power of the laser and the drivers between evaluations, nor where the paper's 4 ns page
/// switch takes its weights from: with the default weight DACs a page of 1024 x 32 weights would need 32 ns.
class PhotonicTiming {
 public:
  explicit PhotonicTiming(const PhotonicConfig& config) : config_(config) {}

  /// ceil(blocks / rows): optical passes of one ranking.
  std::uint32_t pages(std::uint32_t blocks) const;

  /// pages * evaluation + (pages - 1) * page_reprogram. The return to the first page afterwards is not
  /// charged.
  Picoseconds ranking(std::uint32_t blocks) const;

  /// ceil(blocks * wavelengths / weight_dacs) * weight_settle: setting the rings after the signatures have
  /// arrived. Every page's weights pass through the DACs once.
  Picoseconds programming(std::uint32_t blocks) const;

  /// Rings set by a load: blocks * wavelengths.
  std::uint64_t rings_of_load(std::uint32_t blocks) const;
  /// Rings set between the pages of a ranking: those of every block beyond the first page.
  std::uint64_t rings_of_ranking(std::uint32_t blocks) const;

  /// Power drawn while evaluating: every component but the cooler.
  double evaluation_mw() const;

  /// Adds "photonic.laser", "photonic.driver", ...: power x evaluation time x evaluations; ring switching;
  /// the cooler over all simulated time.
  void report_energy(ModuleStatistics& out, const PhotonicActivity& activity, Picoseconds simulated) const;

 private:
  PhotonicConfig config_;
};

}  // namespace prism::photonic
