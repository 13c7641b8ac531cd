// SPDX-License-Identifier: Apache-2.0
// Optical power from the laser to one detector, stage by stage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/photonic/physics_config.h"

namespace prism::photonic {

struct LinkStage {
  std::string name;
  double gain_db;    // negative: loss
  double power_dbm;  // of the whole comb, behind the stage
};

/// Laser and comb, coupling, modulator, 1 x rows splitter (10 log10(rows) + excess x ceil(log2(rows))
/// stages), waveguide, the row's rings off resonance, coupling to the detector. At full intensity of all
/// lines. Does not model wavelength dependence (unequal lines, filter roll-off), polarisation, nor
/// reflections.
class LinkBudget {
 public:
  /// `rows`: outputs of the splitter, spares included. Throws std::invalid_argument for values out of range.
  LinkBudget(const LinkConfig& config, std::uint32_t rows, std::uint32_t lines);

  const std::vector<LinkStage>& stages() const { return stages_; }
  /// All lines, at one row's detectors.
  double detector_dbm() const { return stages_.back().power_dbm; }
  double detector_mw() const;
  /// One line's share, 1 / lines.
  double line_dbm() const;

 private:
  std::uint32_t lines_;
  std::vector<LinkStage> stages_;
};

}  // namespace prism::photonic
