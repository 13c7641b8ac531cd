// SPDX-License-Identifier: Apache-2.0
// Runs whole simulations from a test: each in a child process, since SystemC elaborates once a process.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace prism::test {

/// The report of a shipped configuration with `overrides` (path=value). Throws std::runtime_error when the
/// child dies.
nlohmann::json run_in_child(const std::string& config, const std::vector<std::string>& overrides);

}  // namespace prism::test
