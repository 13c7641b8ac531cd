// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compute/activation_source.h"
#include "platform/workload/kv_content.h"

namespace prism::workload {

/// The new token's query, key and value vectors at each step: token context + step of the content.
/// Arguments outside the workload, which only broken firmware asks for, yield zeros.
class ContentActivations : public compute::ActivationSource {
 public:
  ContentActivations(const KvContent& content, const WorkloadConfig& workload);

  compute::ActivationShape shape() const override;
  void fill(std::uint32_t sequence, std::uint32_t layer, std::uint32_t step, std::span<Bfloat16> queries,
            std::span<Bfloat16> keys, std::span<Bfloat16> values) const override;

 private:
  const KvContent& content_;
  WorkloadConfig workload_;
};

}  // namespace prism::workload
