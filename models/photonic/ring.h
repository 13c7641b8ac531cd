// SPDX-License-Identifier: Apache-2.0
// The add-drop microring: transfer function, signed weight, and the electro-optic drive that sets it.
#pragma once

#include "models/photonic/physics_config.h"

namespace prism::photonic {

/// Drop(x) = A / (1 + x^2), Through = 1 - Drop, A = 1 - 10^(-ER/10), x = 2 detuning / FWHM,
/// FWHM = lambda / Q; weight = Through - Drop, from 1 - 2A at resonance towards +1. Periodic: the nearest
/// order counts, so a detuning is folded into half a free spectral range (single ring: lambda^2 / (n_g 2 pi
/// R)). Does not model: the sum over orders (6e-4 of weight at 1.6 nm and 8.3 nm of range), dispersion of FSR
/// and Q, loss of the drop port, resonance splitting, Kerr or photorefractive effects.
class Ring {
 public:
  /// Throws std::invalid_argument for values out of range.
  explicit Ring(const RingConfig& config);

  double fwhm_pm() const { return fwhm_pm_; }
  double fsr_pm() const { return fsr_pm_; }
  double depth() const { return depth_; }  // A
  double tuning_pm_per_v() const { return config_.tuning_pm_per_v; }

  /// `detuning_pm` folded into [-FSR/2, FSR/2].
  double folded_pm(double detuning_pm) const;
  double drop(double detuning_pm) const;
  double weight(double detuning_pm) const { return 1.0 - 2.0 * drop(detuning_pm); }
  double lowest_weight() const { return weight(0.0); }
  double highest_weight() const { return weight(fsr_pm_ / 2); }

  /// Inverse of weight(): FWHM/2 sqrt(2A / (1 - weight) - 1) >= 0, of the nearest weight that a ring has.
  double detuning_pm(double weight) const;
  /// Volts that shift the resonance by `shift_pm`.
  double volts(double shift_pm) const { return shift_pm / config_.tuning_pm_per_v; }

 private:
  RingConfig config_;
  double fwhm_pm_;
  double fsr_pm_;
  double depth_;
};

}  // namespace prism::photonic
