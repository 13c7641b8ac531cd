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
  std::uint64_t corrections = 0;     // passes that measured row corrections
  double store_pj = 0.0;             // signature reads of the SRAM
};

/// Numbers: latency and power tables of arXiv 2603.21576v2. The paper's stages sum to 8.9 ns, which it rounds
/// to 9 ns (so 174.4 mW give 1570 pJ there and 1552 pJ here); no rounding happens in this class. Laser and
/// cooler are standing power (the laser unless it is gated, laser_always_on = false); the rest is drawn while
/// evaluating. The paper's 4 ns page switch does not say where its weights come from: with the default weight
/// DACs a page of 1024 x 32 rings takes 32 ns (page_through_dacs). Does not model static power of drivers,
/// nor pipelining of passes.
class PhotonicTiming {
 public:
  /// Throws std::invalid_argument for values out of range.
  explicit PhotonicTiming(const PhotonicConfig& config);

  /// ceil(blocks / rows): optical passes of one ranking.
  std::uint32_t pages(std::uint32_t blocks) const;

  /// One page: an optical pass (two for two_pass encoding) and the top-k.
  Picoseconds evaluation() const { return config_.evaluation_ps(); }
  /// Between two pages of a ranking.
  Picoseconds page_switch() const;
  /// pages * evaluation + (pages - 1) * page_switch. The return to the first page afterwards is not
  /// charged.
  Picoseconds ranking(std::uint32_t blocks) const;

  /// ceil(blocks * wavelengths / weight_dacs) * weight_settle: setting the rings after the signatures have
  /// arrived. Every page's weights pass through the DACs once.
  Picoseconds programming(std::uint32_t blocks) const;

  /// After programming: the passes that measure the rows' corrections (offset encoding, measured), one a
  /// page.
  Picoseconds correcting(std::uint32_t blocks) const;
  /// Of a load, before programming.
  SignatureRead signature_read(std::uint32_t blocks) const;
  const SignatureStore& store() const { return store_; }

  /// Rings set by a load: blocks * wavelengths.
  std::uint64_t rings_of_load(std::uint32_t blocks) const;
  /// Rings set between the pages of a ranking: those of every block beyond the first page.
  std::uint64_t rings_of_ranking(std::uint32_t blocks) const;

  /// Power drawn while evaluating: every component but the cooler; and its energy in one evaluation.
  double evaluation_mw() const;
  double evaluation_pj() const { return pj_of(evaluation_mw(), evaluation()); }
  /// Power drawn whether or not a query runs: cooler, SRAM leakage, and the laser unless gated.
  double standing_mw() const;

  /// Adds "photonic.laser", "photonic.driver", ...: power x evaluation time x evaluations; ring switching;
  /// standing power over all simulated time.
  void report_energy(ModuleStatistics& out, const PhotonicActivity& activity, Picoseconds simulated) const;

 private:
  PhotonicConfig config_;
  SignatureStore store_;
};

}  // namespace prism::photonic
