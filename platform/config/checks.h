// SPDX-License-Identifier: Apache-2.0
// What no single key can be checked for: sizes that must fit, maps that must not overlap, products that must
// agree.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "platform/config/config.h"
#include "platform/config/section.h"

namespace prism::config {

/// Throws the first ConfigError found. `root`: the complete configuration that `config` was parsed from;
/// `tree` says where each value came from.
void cross_check(const PlatformConfig& config, const Section& root, const ConfigTree& tree);

/// The part of it that concerns the HBM system alone. `section`: what `config` was parsed from.
void check_hbm(const hbm::HbmConfig& config, const Section& section, const ConfigTree& tree);
/// The part that concerns the photonic core alone.
void check_photonic(const photonic::PhotonicConfig& config, const Section& section, const ConfigTree& tree);
/// What the photonic core must be for the workload, the policy and the bus.
void check_ranking(const PlatformConfig& config, const ConfigTree& tree);

/// What is doubtful but possible: sentences without a full stop. `prefix`: of the names of keys.
std::vector<std::string> photonic_warnings(const photonic::PhotonicConfig& config, const std::string& prefix);

/// A model's complaint "...: found X, expected Y" about the value at `pointer`.
ConfigError model_error(const std::string& pointer, const std::invalid_argument& problem,
                        const ConfigTree& tree);

}  // namespace prism::config
