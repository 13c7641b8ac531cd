// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/signature_source.h"
#include "models/common/statistics.h"
#include "models/compute/ranker_config.h"

namespace prism::compute {

/// The on-chip signatures of every (sequence, layer, KV head): contents, and what reading them costs. Does
/// not model bank conflicts, nor the port's width on writes.
class SignatureSram {
 public:
  /// `prefilled`, which outlives the store: what it holds at the start; nullptr: nothing.
  SignatureSram(const SignatureSramConfig& config, const SignatureSource* prefilled)
      : config_(config), prefilled_(prefilled) {}

  bool present() const { return config_.capacity_bytes > 0; }

  /// Rows first .. first + count - 1 of a head, `elements` values each; empty when it does not hold them all.
  std::span<const Bfloat16> read(std::uint32_t head, std::uint32_t first, std::uint32_t count,
                                 std::uint32_t elements);
  /// False when the row would leave a gap, or exceed the capacity.
  bool write(std::uint32_t head, std::uint32_t row, std::span<const Bfloat16> values);

  /// Time of reading `bytes` in one go.
  Picoseconds read_ps(std::uint64_t bytes) const;
  /// `simulated`: what the leakage covers.
  void report(ModuleStatistics& out, Picoseconds simulated) const;

 private:
  std::vector<Bfloat16>& contents(std::uint32_t head);

  SignatureSramConfig config_;
  const SignatureSource* prefilled_;
  std::unordered_map<std::uint32_t, std::vector<Bfloat16>> heads_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace prism::compute
