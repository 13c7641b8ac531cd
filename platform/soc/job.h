// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/config/config.h"
#include "platform/workload/memory_layout.h"
#include "prism/job.h"

namespace prism::soc {

/// What the firmware is told about the machine and its work, as the configuration has it. The heap is RAM
/// after the job.
prism_job make_job(const config::PlatformConfig& config, const workload::MemoryLayout& layout);

}  // namespace prism::soc
