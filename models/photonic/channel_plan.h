// SPDX-License-Identifier: Apache-2.0
// The wavelength grid, and what every ring of a row takes from every channel.
#pragma once

#include <cstdint>
#include <string>

#include "models/photonic/ring.h"

namespace prism::photonic {

/// Channel i lies at i x spacing; ring i is made for channel i. A plan aliases when, modulo the free spectral
/// range, two channels land nearer than the spacing: then a ring drops a channel that is not its own.
/// Does not model channels of unequal spacing.
class ChannelPlan {
 public:
  /// Throws std::invalid_argument for values out of range, and for an aliasing plan when strict.
  ChannelPlan(const ChannelPlanConfig& config, const Ring& ring, std::uint32_t channels);

  std::uint32_t channels() const { return channels_; }
  /// From the nearest resonance of an untuned ring to the channel, signed, folded by the free spectral range.
  double distance_pm(std::uint32_t ring, std::uint32_t channel) const;
  /// Share of the channel's power that the untuned ring drops, dB; the ring's own channel: the drop at
  /// resonance.
  double crosstalk_db(std::uint32_t ring, std::uint32_t channel) const;
  /// The strongest crosstalk between any two channels, dB; -infinity when there is one.
  double worst_crosstalk_db() const;

  bool aliases() const { return !warning_.empty(); }
  /// One line that says which channels meet; empty when none do.
  const std::string& warning() const { return warning_; }

 private:
  double distance_pm_of(std::int64_t apart) const;
  std::uint32_t nearest_apart() const;  // the number of channels apart that land nearest; channels_ > 1

  double spacing_pm_;
  Ring ring_;
  std::uint32_t channels_;
  std::string warning_;
};

}  // namespace prism::photonic
