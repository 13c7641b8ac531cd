// SPDX-License-Identifier: Apache-2.0
// The photonic ranking core without its bus: signatures in, query in, scores and ranked blocks out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/ranking_core.h"
#include "models/common/units.h"
#include "models/photonic/detection.h"
#include "models/photonic/query_encoding.h"
#include "models/photonic/ring_bank.h"

namespace prism::photonic {

struct Readout {
  std::vector<float> scores;
  std::uint32_t clipped = 0;  // ADC values out of range
};

/// Joins the physics: values / largest magnitude of the bank -> RingBank -> light (QueryEncoder, LinkBudget)
/// -> BalancedDetector -> Adc -> scores in units of the exact dot product. With every impairment off, and
/// nothing broken, it is RankingCore, bit for bit. Deterministic: noise is a function of the seed and the
/// number of the optical pass. Times given to it never decrease. The pages of one evaluation see one
/// temperature. Latency and energy: PhotonicTiming; where signatures come from: SignatureStore.
class PhotonicRanker {
 public:
  /// Throws std::invalid_argument "parameter: found X, expected Y". Calibrated at time 0.
  PhotonicRanker(std::uint32_t rows, std::uint32_t wavelengths, const PhysicsConfig& config);

  /// Replaces the bank: whole signatures of `wavelengths` values, block after block; block b is on logical
  /// row b % rows. With offset encoding and measured correction, one more pass for every page.
  void load(std::span<const Bfloat16> signatures, Picoseconds now);
  void unload();
  std::uint32_t blocks() const { return blocks_; }

  /// Scores of the first `count` blocks (at most blocks()).
  Readout evaluate(std::span<const Bfloat16> query, std::uint32_t count, Picoseconds now);
  /// The best `k` of them, best first; ties go to the lower index.
  std::vector<RankedBlock> rank(std::span<const Bfloat16> query, std::uint32_t count, std::uint32_t k,
                                Picoseconds now);

  /// Measures all resonances; takes effect with the next load().
  void calibrate(Picoseconds now) { bank_.calibrate(now); }
  /// Breaks or repairs at once.
  void inject(const Fault& fault);
  void clear_faults();
  /// Remaps a row; takes effect with the next load(). In range: logical < rows, physical < physical_rows().
  void map_row(std::uint32_t logical, std::uint32_t physical) { row_map_.assign(logical, physical); }
  std::uint32_t physical_rows() const { return row_map_.physical_rows(); }

  /// The per-row monitor: with all lines on, every row of the first page against what the controller expects:
  /// mean error of a weight. 0 when nothing is wrong; -sum of the weights / wavelengths for a dead row.
  std::vector<float> monitor(Picoseconds now);
  /// What the chip's temperature sensor reads, mK off the set point.
  double temperature_mk(Picoseconds now) { return bank_.temperature_mk(now); }

  /// rms detection noise of a score of this query, in score units (the correction's own noise apart).
  double score_noise(std::span<const Bfloat16> query) const;
  /// rms difference between the weights at `now` and the exact ones, in weight units.
  double weight_error(Picoseconds now);
  const LinkBudget& link() const { return link_; }
  const BalancedDetector& detector() const { return detector_; }
  const ChannelPlan& channel_plan() const { return bank_.channel_plan(); }
  const Drive& drive() const { return bank_.drive(); }
  /// One line each; empty when there is nothing to say.
  std::vector<std::string> warnings() const;

 private:
  void program(Picoseconds now);
  void set_corrections(Picoseconds now);
  /// One optical pass, digitised: sum(w x) of the first `count` blocks, in units of one line.
  std::vector<float> pass(std::span<const float> intensities, std::uint32_t count, Picoseconds now,
                          std::uint32_t& clipped);
  double adc_range(std::span<const float> intensities) const;
  double adc_centre(std::span<const float> intensities) const;
  bool exact() const { return ideal_ && !faults_.any(); }

  std::uint32_t wavelengths_;
  PhysicsConfig config_;
  bool ideal_;
  RowMap row_map_;
  FaultMap faults_;
  RingBank bank_;
  LinkBudget link_;
  BalancedDetector detector_;
  Adc adc_;
  QueryEncoder encoder_;
  RankingCore exact_;

  std::uint32_t blocks_ = 0;
  std::vector<Bfloat16> signatures_;
  Eigen::ArrayXXf values_;          // signatures / largest_, [block][ring]
  float largest_ = 0.0f;            // magnitude of a signature value
  float longest_ = 0.0f;            // norm of a row's weights around the map's offset
  std::vector<float> corrections_;  // sum of every block's weights, for offset encoding
  std::uint64_t passes_ = 0;
};

}  // namespace prism::photonic
