// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/bfloat16.h"
#include "platform/workload/kv_content.h"

namespace prism::workload {

/// The matrix that maps a key or a query to its signature: `rows` (at most `columns`) orthonormal random
/// directions, [rows][columns]. Gaussian rows made orthonormal by Gram-Schmidt in double precision, then
/// rounded to bf16, so rows are orthonormal within 2^-8. One matrix serves all layers and heads.
std::vector<Bfloat16> random_projection(std::uint64_t seed, std::uint32_t rows, std::uint32_t columns);

/// The first `rows` elements as they are.
std::vector<Bfloat16> identity_projection(std::uint32_t rows, std::uint32_t columns);

/// The `rows` principal directions, largest first, of the mean keys of the sample's blocks about their mean:
/// what a calibration over the cache would find. Rounded to bf16; one matrix serves all heads.
std::vector<Bfloat16> pca_projection(const KvContent& content, const WorkloadConfig& workload,
                                     std::uint32_t block_tokens, std::uint32_t rows);

}  // namespace prism::workload
