// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/refresh_policy.h"

#include <stdexcept>

namespace prism::hbm {

namespace {

/// The last pseudo-channel starts one interval after time zero, the others evenly before it.
Picoseconds first_due(Picoseconds interval, std::uint32_t pseudo_channel, std::uint32_t pseudo_channels) {
  return interval * (pseudo_channel + 1) / pseudo_channels;
}

Picoseconds per_bank_interval(const HbmConfig& config) {
  if (config.timing.tREFIPB > 0) return config.timing.tREFIPB;
  return config.timing.tREFI / config.organization.banks_per_pseudo_channel();
}

}  // namespace

AllBankRefresh::AllBankRefresh(const HbmConfig& config, std::uint32_t pseudo_channel)
    : nominal_(config.timing.tREFI),
      interval_(nominal_),
      postponable_(config.controller.refresh_postpone),
      banks_(~std::uint64_t{0} >> (64 - config.organization.banks_per_pseudo_channel())),
      due_(first_due(interval_, pseudo_channel, config.organization.pseudo_channels)) {}

PerBankRefresh::PerBankRefresh(const HbmConfig& config, std::uint32_t pseudo_channel)
    : bank_count_(config.organization.banks_per_pseudo_channel()),
      banks_of_group_(config.organization.banks),
      nominal_(per_bank_interval(config)),
      interval_(nominal_),
      postponable_(config.controller.refresh_postpone),
      due_(first_due(interval_, pseudo_channel, config.organization.pseudo_channels)) {}

std::uint32_t PerBankRefresh::bank() const {
  const std::uint32_t groups = bank_count_ / banks_of_group_;
  return (turn_ % groups) * banks_of_group_ + turn_ / groups;
}

void PerBankRefresh::issued() {
  due_ += interval_;
  turn_ = (turn_ + 1) % bank_count_;
}

std::unique_ptr<RefreshPolicy> make_refresh_policy(const HbmConfig& config, std::uint32_t pseudo_channel) {
  if (config.controller.refresh == RefreshKind::kNone) return std::make_unique<NoRefresh>();
  if (config.timing.tREFI <= 0) throw std::invalid_argument("HBM: refresh needs tREFI > 0");
  if (config.controller.refresh == RefreshKind::kPerBank) {
    return std::make_unique<PerBankRefresh>(config, pseudo_channel);
  }
  return std::make_unique<AllBankRefresh>(config, pseudo_channel);
}

}  // namespace prism::hbm
