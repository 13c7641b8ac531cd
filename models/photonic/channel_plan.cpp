// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/channel_plan.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "models/photonic/check.h"

namespace prism::photonic {

ChannelPlan::ChannelPlan(const ChannelPlanConfig& config, const Ring& ring, std::uint32_t channels)
    : spacing_pm_(config.spacing_nm * 1e3), ring_(ring), channels_(channels) {
  require_positive("channels.spacing_nm", config.spacing_nm);
  require(channels > 0, "wavelengths", channels, "at least 1");
  if (channels_ == 1) return;
  const std::uint32_t apart = nearest_apart();
  const double distance_pm = std::abs(distance_pm_of(apart));
  if (distance_pm >= spacing_pm_ * (1.0 - 1e-9)) return;
  char line[256];
  std::snprintf(
      line, sizeof line,
      "channels.spacing_nm: found %g nm x %u channels in a free spectral range of %.4g nm (channels 0 and "
      "%u land %.3g nm apart, %.1f dB), expected a plan that does not alias",
      config.spacing_nm, channels, ring.fsr_pm() * 1e-3, apart, distance_pm * 1e-3, crosstalk_db(0, apart));
  warning_ = line;
  if (config.strict) throw std::invalid_argument(warning_);
}

double ChannelPlan::distance_pm_of(std::int64_t apart) const {
  return ring_.folded_pm(static_cast<double>(apart) * spacing_pm_);
}

double ChannelPlan::distance_pm(std::uint32_t ring, std::uint32_t channel) const {
  return distance_pm_of(std::int64_t{channel} - std::int64_t{ring});
}

double ChannelPlan::crosstalk_db(std::uint32_t ring, std::uint32_t channel) const {
  return 10.0 * std::log10(ring_.drop(distance_pm(ring, channel)));
}

double ChannelPlan::worst_crosstalk_db() const {
  return channels_ > 1 ? crosstalk_db(0, nearest_apart()) : -INFINITY;
}

std::uint32_t ChannelPlan::nearest_apart() const {
  std::uint32_t nearest = 1;
  for (std::uint32_t apart = 2; apart < channels_; ++apart) {
    if (std::abs(distance_pm_of(apart)) < std::abs(distance_pm_of(nearest))) nearest = apart;
  }
  return nearest;
}

}  // namespace prism::photonic
