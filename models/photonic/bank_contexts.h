// SPDX-License-Identifier: Apache-2.0
// The banks that the photonic core keeps on the chip, and the rings that serve them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/signature_source.h"
#include "models/photonic/photonic_config.h"
#include "models/photonic/photonic_ranker.h"

namespace prism::photonic {

/// With placement hbm, one bank of rings and nothing stored; with sram, one bank of rings and a store of
/// `store.contexts` contexts; with resident, rings for every context, each with errors of its own. A context
/// costs memory from its first use on.
class BankContexts {
 public:
  /// `prefilled` may be null (empty contexts) and outlives this. Throws std::invalid_argument for a
  /// configuration that cannot be.
  BankContexts(const PhotonicConfig& config, const SignatureSource* prefilled);

  SignaturePlacement placement() const { return placement_; }
  /// Contexts on the chip; 0 with placement hbm.
  std::uint32_t contexts() const { return static_cast<std::uint32_t>(stored_.size()); }
  bool is_on_chip(std::uint32_t context) const { return context < contexts(); }

  /// The stored signatures of a context on the chip.
  std::span<const Bfloat16> stored(std::uint32_t context);
  /// Replaces or appends; `first_block` is at most the number of stored blocks.
  void store(std::uint32_t context, std::uint32_t first_block, std::span<const Bfloat16> signatures);

  /// The rings that serve a context.
  PhotonicRanker& rings(std::uint32_t context);
  /// Resident rings that hold other weights than they should: calibrated or remapped since they were
  /// programmed.
  bool is_outdated(std::uint32_t context) const;
  void set_outdated(std::uint32_t context, bool outdated);

 private:
  std::size_t bank_of(std::uint32_t context) const;

  PhotonicConfig config_;
  SignaturePlacement placement_;
  const SignatureSource* prefilled_;
  std::vector<std::vector<Bfloat16>> stored_;           // by context
  std::vector<std::uint8_t> fetched_;                   // by context: stored_ has been filled from prefilled_
  std::vector<std::unique_ptr<PhotonicRanker>> rings_;  // by context when resident, else one
  std::vector<std::uint8_t> outdated_;                  // by bank of rings
};

}  // namespace prism::photonic
