// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

/// The engine of config.controller.fidelity. Throws std::invalid_argument when the configuration cannot be
/// simulated.
std::unique_ptr<TimingEngine> make_engine(const HbmConfig& config);

}  // namespace prism::hbm
