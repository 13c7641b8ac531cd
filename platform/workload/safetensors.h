// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/common/bfloat16.h"

namespace prism::workload {

/// A safetensors file, mapped into memory: 8 bytes of header length, a JSON header {name: {dtype, shape,
/// data_offsets}}, then the tensors. Reads BF16, F16 and F32.
class Safetensors {
 public:
  struct Tensor {
    std::string dtype;
    std::vector<std::uint64_t> shape;
    std::span<const std::byte> data;
  };

  /// Throws std::invalid_argument, "found ..., expected ...", for a file that is none.
  explicit Safetensors(const std::string& file);
  ~Safetensors();
  Safetensors(const Safetensors&) = delete;
  Safetensors& operator=(const Safetensors&) = delete;

  /// nullptr: there is none of this name.
  const Tensor* find(const std::string& name) const;

  /// Elements first, first + 1, ... of a tensor as bf16, rounded to nearest even.
  static void read(const Tensor& tensor, std::uint64_t first, std::span<Bfloat16> out);

 private:
  void parse();

  std::span<const std::byte> file_;
  std::map<std::string, Tensor> tensors_;
};

}  // namespace prism::workload
