// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prism::config {

/// The candidate that was probably meant by `word` (edit distance, or `word` without its unit suffix), if any
/// is close.
std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace prism::config
