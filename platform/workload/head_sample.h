// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "platform/workload/memory_layout.h"
#include "platform/workload/workload_config.h"

namespace prism::workload {

/// The heads that have real content, and whose accuracy is evaluated: `functional_heads` of all, spread
/// evenly over sequences, layers and KV heads.
class HeadSample {
 public:
  explicit HeadSample(const WorkloadConfig& workload);

  bool contains(const HeadIndex& head) const;
  std::uint32_t size() const { return size_; }

 private:
  ModelShape model_;
  std::uint32_t size_;
  std::vector<std::uint8_t> wanted_;  // [sequence][layer][kv head]
};

}  // namespace prism::workload
