// SPDX-License-Identifier: Apache-2.0
// Files that are there completely or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string_view>

namespace prism::cli {

/// Creates the folder (and those above). Throws InputError when something else is in the way.
void make_directory(const std::filesystem::path& directory);

/// Writes beside `file` and renames: a reader never sees half a file. Throws InputError.
void write_file(const std::filesystem::path& file, std::string_view text);
/// The same, for what is too large to be one text.
void write_file(const std::filesystem::path& file, const std::function<void(std::ostream&)>& write);

}  // namespace prism::cli
