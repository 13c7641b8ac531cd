// SPDX-License-Identifier: Apache-2.0
// Strict JSON: comments (// and /* */) are allowed, duplicate keys are not. Members keep the order of the
// file.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace prism::config {

/// Throws ConfigError; a syntax error is placed as file:line:column.
nlohmann::ordered_json read_json(const std::filesystem::path& file);

/// `file`: the name used in errors.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& file);

/// RFC 6901: `pointer` extended by `key`, with ~ and / escaped.
std::string pointer_to(const std::string& pointer, std::string_view key);

}  // namespace prism::config
