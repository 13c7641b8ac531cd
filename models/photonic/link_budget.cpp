// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/link_budget.h"

#include <bit>
#include <cmath>

#include "models/photonic/check.h"

namespace prism::photonic {

LinkBudget::LinkBudget(const LinkConfig& config, std::uint32_t rows, std::uint32_t lines) : lines_(lines) {
  require(rows > 0, "rows", rows, "at least 1");
  require(lines > 0, "wavelengths", lines, "at least 1");
  require(std::isfinite(config.laser_dbm), "link.laser_dbm", config.laser_dbm, "a power in dBm");
  require_not_negative("link.comb_loss_db", config.comb_loss_db);
  require_not_negative("link.fibre_chip_db", config.fibre_chip_db);
  require_not_negative("link.modulator_db", config.modulator_db);
  require_not_negative("link.splitter_excess_db", config.splitter_excess_db);
  require_not_negative("link.waveguide_cm", config.waveguide_cm);
  require_not_negative("link.waveguide_db_per_cm", config.waveguide_db_per_cm);
  require_not_negative("link.ring_insertion_db", config.ring_insertion_db);
  require_not_negative("link.chip_detector_db", config.chip_detector_db);

  const auto splits = static_cast<double>(std::bit_width(rows - 1));
  stages_.push_back({"laser", 0.0, config.laser_dbm});
  const auto loses = [this](const char* name, double loss_db) {
    stages_.push_back({name, -loss_db, stages_.back().power_dbm - loss_db});
  };
  loses("comb", config.comb_loss_db);
  loses("fibre to chip", config.fibre_chip_db);
  loses("modulator", config.modulator_db);
  loses("splitter, ideal", 10.0 * std::log10(static_cast<double>(rows)));
  loses("splitter, excess", config.splitter_excess_db * splits);
  loses("waveguide", config.waveguide_cm * config.waveguide_db_per_cm);
  loses("rings", config.ring_insertion_db * static_cast<double>(lines));
  loses("chip to detector", config.chip_detector_db);
}

double LinkBudget::detector_mw() const {
  return std::pow(10.0, detector_dbm() / 10.0);
}

double LinkBudget::line_dbm() const {
  return detector_dbm() - 10.0 * std::log10(static_cast<double>(lines_));
}

}  // namespace prism::photonic
