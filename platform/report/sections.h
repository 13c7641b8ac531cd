// SPDX-License-Identifier: Apache-2.0
// Sections of report.json that have a file of their own.
#pragma once

#include <nlohmann/json.hpp>

#include "platform/report/report.h"

namespace prism::report {

/// What the policy chose, and how good that was.
nlohmann::json selection_section(const config::PlatformConfig& config, const Measurements& measured);

/// Where a step's time goes.
nlohmann::json phases_section(const config::PlatformConfig& config, const Measurements& measured);

}  // namespace prism::report
