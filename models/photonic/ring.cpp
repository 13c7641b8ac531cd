// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/ring.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/photonic/check.h"

namespace prism::photonic {

Ring::Ring(const RingConfig& config) : config_(config) {
  require_positive("ring.wavelength_nm", config.wavelength_nm);
  require_positive("ring.q", config.q);
  require_positive("ring.extinction_db", config.extinction_db);
  require_positive("ring.radius_um", config.radius_um);
  require_positive("ring.group_index", config.group_index);
  require_not_negative("ring.vernier_fsr_nm", config.vernier_fsr_nm);
  require_positive("ring.tuning_pm_per_v", config.tuning_pm_per_v);
  require_positive("ring.pitch_um", config.pitch_um);
  const double circumference_nm = 2.0 * std::numbers::pi * config.radius_um * 1e3;
  const double single_fsr_nm =
      config.wavelength_nm * config.wavelength_nm / (config.group_index * circumference_nm);
  fwhm_pm_ = config.wavelength_nm / config.q * 1e3;
  fsr_pm_ = (config.vernier_fsr_nm > 0.0 ? config.vernier_fsr_nm : single_fsr_nm) * 1e3;
  depth_ = 1.0 - std::pow(10.0, -config.extinction_db / 10.0);
  require(fwhm_pm_ < fsr_pm_, "ring.q", config.q, "a linewidth below the free spectral range");
}

double Ring::folded_pm(double detuning_pm) const {
  return std::remainder(detuning_pm, fsr_pm_);
}

double Ring::drop(double detuning_pm) const {
  const double x = 2.0 * folded_pm(detuning_pm) / fwhm_pm_;
  return depth_ / (1.0 + x * x);
}

double Ring::detuning_pm(double weight) const {
  const double reachable = std::clamp(weight, lowest_weight(), highest_weight());
  return fwhm_pm_ / 2 * std::sqrt(std::max(0.0, 2.0 * depth_ / (1.0 - reachable) - 1.0));
}

}  // namespace prism::photonic
