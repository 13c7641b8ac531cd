// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/compute/exact_order.h"
#include "platform/workload/head_sample.h"
#include "platform/workload/kv_content.h"

namespace prism::workload {

/// Blocks by exact attention mass: the oracle's order. For a head without content, a random order, so that
/// its traffic is that of scattered blocks.
class MassOrder : public compute::ExactOrder {
 public:
  /// The references outlive the order.
  MassOrder(const KvContent& content, const MemoryLayout& layout, const HeadSample& sample,
            const WorkloadConfig& workload, std::uint64_t seed)
      : content_(content), layout_(layout), sample_(sample), workload_(workload), seed_(seed) {}

  std::vector<std::uint32_t> best(std::uint64_t head, std::uint32_t step, std::uint32_t first,
                                  std::uint32_t count, std::uint32_t k) const override;

 private:
  const KvContent& content_;
  const MemoryLayout& layout_;
  const HeadSample& sample_;
  const WorkloadConfig& workload_;
  std::uint64_t seed_;
};

}  // namespace prism::workload
