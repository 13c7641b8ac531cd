// SPDX-License-Identifier: Apache-2.0
// Collects completions of a channel into fewer interrupts.
#pragma once

#include <cstdint>
#include <functional>
#include <systemc>

#include "models/dma/dma_config.h"

namespace prism::dma {

/// Raises when coalesce_count completions have gathered, or coalesce_ns after the first of them.
class InterruptCoalescer {
 public:
  /// `settings` are read anew for each completion.
  InterruptCoalescer(const DmaConfig::Channel& settings, std::function<void()> raise);

  void add_completion();
  /// Raises for what has gathered.
  void flush();

 private:
  const DmaConfig::Channel& settings_;
  std::function<void()> raise_;
  std::uint32_t gathered_ = 0;
  sc_core::sc_event time_over_;
};

}  // namespace prism::dma
