// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "platform/workload/kv_content.h"
#include "platform/workload/safetensors.h"

namespace prism::workload {

/// Keys, values and queries of a real model, from a safetensors file: tensors layers.N.k and layers.N.v
/// [KV head][token][dimension], layers.N.q [query head][step][dimension], as docs/workload.md says. Every
/// sequence of the batch reads the same trace. Plants no needles.
class TraceContent : public KvContent {
 public:
  /// Throws std::invalid_argument, "...: found ..., expected ...", when the file does not hold the workload.
  explicit TraceContent(const WorkloadConfig& workload);

  void keys(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const override;
  void values(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const override;
  void queries(const HeadIndex& head, std::uint32_t step, std::span<Bfloat16> out) const override;

  TokenRange needle(const HeadIndex&, std::uint32_t) const override { return {}; }
  std::uint32_t tokens() const override { return tokens_; }
  const ModelShape& model() const override { return model_; }

 private:
  struct Layer {
    const Safetensors::Tensor* k;
    const Safetensors::Tensor* v;
    const Safetensors::Tensor* q;
  };

  const Safetensors::Tensor* tensor(const std::string& name, std::uint64_t heads, std::uint64_t rows) const;
  void read(const Safetensors::Tensor& tensor, std::uint64_t head, std::uint64_t row,
            std::span<Bfloat16> out) const;

  ModelShape model_;
  std::uint32_t tokens_;
  Safetensors file_;
  std::vector<Layer> layers_;
};

}  // namespace prism::workload
