// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "models/common/bfloat16.h"
#include "platform/workload/memory_layout.h"
#include "platform/workload/workload_config.h"

namespace prism::workload {

/// Keys, values and queries of every head: synthetic, or a trace of a model. Pure functions of their
/// arguments; may be called from several threads.
class KvContent {
 public:
  struct TokenRange {
    std::uint32_t first;
    std::uint32_t count;
  };

  virtual ~KvContent() = default;

  /// Tokens first_token, first_token + 1, ...: out is [token][dimension]. Tokens past the context are those
  /// that the steps append (step s appends token context + s).
  virtual void keys(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const = 0;
  virtual void values(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const = 0;

  /// The queries of a KV head's group at a step: out is [query head of the group][dimension].
  virtual void queries(const HeadIndex& head, std::uint32_t step, std::span<Bfloat16> out) const = 0;

  /// Needles planted for each head.
  virtual std::uint32_t needles() const { return 0; }
  virtual TokenRange needle(const HeadIndex& head, std::uint32_t index) const = 0;
  /// The needle that the queries of a step ask for; needles() > 0.
  std::uint32_t needle_of_step(std::uint32_t step) const { return step % needles(); }

  /// Tokens of the longest sequence that have content: its context and one for each step.
  virtual std::uint32_t tokens() const = 0;
  virtual const ModelShape& model() const = 0;
};

}  // namespace prism::workload
