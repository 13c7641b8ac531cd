// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "platform/config/config.h"
#include "platform/workload/memory_layout.h"
#include "prism/job.h"

namespace prism::soc {

/// What the firmware is told about the machine and its work, as the configuration has it. The heap is RAM
/// after the job.
prism_job make_job(const config::PlatformConfig& config, const workload::MemoryLayout& layout);

/// The share of heads for which the policy selects, in the firmware's units.
std::uint32_t retrieval_share_ppm(const config::PlatformConfig& config);

/// What lies at the job's lengths_address; empty when all sequences are equally long.
std::vector<std::uint32_t> sequence_lengths(const config::PlatformConfig& config);

}  // namespace prism::soc
