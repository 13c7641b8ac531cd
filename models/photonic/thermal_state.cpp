// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/thermal_state.h"

#include <array>
#include <cassert>
#include <cmath>
#include <string>

#include "models/photonic/check.h"
#include "models/photonic/normal.h"

namespace prism::photonic {

ThermalState::ThermalState(const ThermalConfig& thermal, const RingConfig& ring, std::uint32_t rows,
                           std::uint32_t spare_rows, std::uint32_t rings, std::uint64_t seed)
    : config_(thermal), seed_(seed) {
  require_not_negative("thermal.ambient_sigma_k", thermal.ambient_sigma_k);
  require_positive("thermal.ambient_time_us", thermal.ambient_time_us);
  require_not_negative("thermal.cooler_gain", thermal.cooler_gain);
  require_not_negative("thermal.gradient_sigma_mk", thermal.gradient_sigma_mk);
  require_positive("thermal.gradient_time_us", thermal.gradient_time_us);
  require(thermal.step_us >= 1e-3 && thermal.step_us <= 1e9, "thermal.step_us", thermal.step_us,
          "0.001 to 1e9");
  require_positive("thermal.correlation_um", thermal.correlation_um);
  require_not_negative("thermal.thermo_optic_per_k", thermal.thermo_optic_per_k);
  active_ = thermal.ambient_sigma_k > 0.0 || thermal.gradient_sigma_mk > 0.0;
  if (!active_) {
    config_.cell_rows = rows;
    config_.cell_rings = rings;
  }
  step_ps_ = ps_from_ns(thermal.step_us * 1e3);
  require(config_.cell_rows > 0 && rows % config_.cell_rows == 0, "thermal.cell_rows", config_.cell_rows,
          "a divisor of the " + std::to_string(rows) + " rows");
  require(config_.cell_rings > 0 && rings % config_.cell_rings == 0, "thermal.cell_rings", config_.cell_rings,
          "a divisor of the " + std::to_string(rings) + " wavelengths");
  pm_per_k_ = ring.wavelength_nm * 1e3 * thermal.thermo_optic_per_k / ring.group_index;
  chip_sigma_k_ = thermal.ambient_sigma_k / (1.0 + thermal.cooler_gain);
  cells_down_ = (rows + spare_rows + config_.cell_rows - 1) / config_.cell_rows;
  cells_across_ = rings / config_.cell_rings;
  const double decay = ring.pitch_um / thermal.correlation_um;
  along_rows_ = static_cast<float>(std::exp(-decay * config_.cell_rows));
  along_rings_ = static_cast<float>(std::exp(-decay * config_.cell_rings));
  cells_k_.assign(std::size_t{cells_down_} * cells_across_, 0.0f);
  shifts_ = cells_k_;
  if (active_) step(0.0, 0.0);
  update_shifts();
}

bool ThermalState::advance(Picoseconds now) {
  const auto wanted = static_cast<std::uint64_t>(now / step_ps_);
  assert(wanted >= steps_);
  if (!active_ || wanted == steps_) return false;
  const double chip_memory = std::exp(-config_.step_us / config_.ambient_time_us);
  const double cell_memory = std::exp(-config_.step_us / config_.gradient_time_us);
  while (steps_ < wanted) {
    ++steps_;
    step(chip_memory, cell_memory);
  }
  update_shifts();
  return true;
}

void ThermalState::update_shifts() {
  for (std::size_t i = 0; i < shifts_.size(); ++i) {
    shifts_[i] = static_cast<float>((chip_k_ + static_cast<double>(cells_k_[i])) * pm_per_k_);
  }
}

void ThermalState::step(double chip_memory, double cell_memory) {
  if (config_.ambient_sigma_k > 0.0) {
    std::array<float, 1> fresh{};
    fill_normal(random_of(seed_, RandomDomain::kAmbient), steps_, fresh);
    chip_k_ = chip_memory * chip_k_ + std::sqrt(1.0 - chip_memory * chip_memory) * chip_sigma_k_ * fresh[0];
  }
  if (config_.gradient_sigma_mk > 0.0) {
    const std::vector<float> fresh = gradient_sample();
    const auto keep = static_cast<float>(cell_memory);
    const auto add =
        static_cast<float>(std::sqrt(1.0 - cell_memory * cell_memory) * config_.gradient_sigma_mk * 1e-3);
    for (std::size_t i = 0; i < cells_k_.size(); ++i) cells_k_[i] = keep * cells_k_[i] + add * fresh[i];
  }
}

std::vector<float> ThermalState::gradient_sample() const {
  std::vector<float> field(cells_k_.size());
  fill_normal(random_of(seed_, RandomDomain::kGradient), steps_, field);
  // A first-order autoregression along each axis gives the exponential covariance.
  const auto correlate = [&](std::size_t first, std::size_t count, std::size_t stride, float correlation) {
    const float fresh = std::sqrt(1.0f - correlation * correlation);
    for (std::size_t i = 1; i < count; ++i) {
      float& value = field[first + i * stride];
      value = correlation * field[first + (i - 1) * stride] + fresh * value;
    }
  };
  for (std::size_t across = 0; across < cells_across_; ++across) {
    correlate(across * cells_down_, cells_down_, 1, along_rows_);
  }
  for (std::size_t down = 0; down < cells_down_; ++down) {
    correlate(down, cells_across_, cells_down_, along_rings_);
  }
  return field;
}

}  // namespace prism::photonic
