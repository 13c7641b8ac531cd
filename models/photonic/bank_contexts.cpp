// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/bank_contexts.h"

#include <algorithm>
#include <cassert>

namespace prism::photonic {

BankContexts::BankContexts(const PhotonicConfig& config, const SignatureSource* prefilled)
    : config_(config),
      placement_(config.store.placement),
      prefilled_(prefilled),
      stored_(placement_ == SignaturePlacement::kHbm ? 0 : config.store.contexts),
      fetched_(stored_.size(), 0),
      rings_(placement_ == SignaturePlacement::kResident ? config.store.contexts : 1),
      outdated_(rings_.size(), 0) {
  rings(0);  // finds a wrong configuration now
}

std::span<const Bfloat16> BankContexts::stored(std::uint32_t context) {
  assert(is_on_chip(context));
  if (fetched_[context] == 0) {
    fetched_[context] = 1;
    if (prefilled_ != nullptr) {
      const std::span<const Bfloat16> initial = prefilled_->signatures(context);
      stored_[context].assign(initial.begin(), initial.end());
    }
  }
  return stored_[context];
}

void BankContexts::store(std::uint32_t context, std::uint32_t first_block,
                         std::span<const Bfloat16> signatures) {
  const std::size_t begin = std::size_t{first_block} * config_.wavelengths;
  assert(begin <= stored(context).size());
  std::vector<Bfloat16>& values = stored_[context];
  values.resize(std::max(values.size(), begin + signatures.size()));
  std::copy(signatures.begin(), signatures.end(), values.begin() + static_cast<std::ptrdiff_t>(begin));
}

PhotonicRanker& BankContexts::rings(std::uint32_t context) {
  std::unique_ptr<PhotonicRanker>& bank = rings_[bank_of(context)];
  if (bank == nullptr) {
    PhysicsConfig physics = config_.physics;
    physics.seed += bank_of(context);  // every bank is a chip of its own
    bank = std::make_unique<PhotonicRanker>(config_.rows, config_.wavelengths, physics);
  }
  return *bank;
}

bool BankContexts::is_outdated(std::uint32_t context) const {
  return outdated_[bank_of(context)] != 0;
}

void BankContexts::set_outdated(std::uint32_t context, bool outdated) {
  outdated_[bank_of(context)] = outdated ? 1 : 0;
}

std::size_t BankContexts::bank_of(std::uint32_t context) const {
  return placement_ == SignaturePlacement::kResident ? context : 0;
}

}  // namespace prism::photonic
