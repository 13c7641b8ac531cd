// SPDX-License-Identifier: Apache-2.0
// What no single key can be checked for: sizes that must fit, maps that must not overlap, products that must
// agree.
#pragma once

#include "platform/config/config.h"
#include "platform/config/section.h"

namespace prism::config {

/// Throws the first ConfigError found. `root`: the complete configuration that `config` was parsed from;
/// `tree` says where each value came from.
void cross_check(const PlatformConfig& config, const Section& root, const ConfigTree& tree);

/// The part of it that concerns the HBM system alone. `section`: what `config` was parsed from.
void check_hbm(const hbm::HbmConfig& config, const Section& section, const ConfigTree& tree);

}  // namespace prism::config
