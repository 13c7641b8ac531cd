// SPDX-License-Identifier: Apache-2.0
// From a file name on the command line to a configuration tree.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/config/config_tree.h"

namespace prism::cli {

/// Folders with the shipped presets: the installed one, or the source tree's.
std::vector<std::filesystem::path> preset_directories();
/// The shipped firmware of this name. Throws InputError where it has not been built.
std::filesystem::path firmware_file(const std::string& name);

/// The running program itself.
std::filesystem::path executable();

/// A preset's file: the one named, or the shipped one of that name in configs/`folder`. Throws InputError.
std::filesystem::path preset_file(const std::string& preset, const std::string& folder);

/// A report.json: the file, or the one in this folder. Throws ConfigError.
nlohmann::json read_report(const std::filesystem::path& place);

/// On standard error, a line each.
void print_warnings(const std::vector<std::string>& warnings);

/// The file with the overrides applied. Throws ConfigError.
config::ConfigTree load(const std::filesystem::path& file, const std::vector<std::string>& overrides);

}  // namespace prism::cli
