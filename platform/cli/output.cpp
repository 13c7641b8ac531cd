// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/output.h"

#include <fstream>
#include <system_error>

#include "platform/cli/errors.h"

namespace prism::cli {
namespace fs = std::filesystem;

void make_directory(const fs::path& directory) {
  if (fs::exists(directory) && !fs::is_directory(directory)) {
    throw InputError(directory.string() + ": found a file, expected a folder for the output, or nothing");
  }
  std::error_code problem;
  fs::create_directories(directory, problem);
  if (problem) {
    throw InputError(directory.string() + ": found \"" + problem.message() +
                     "\", expected a folder that can be made");
  }
}

void write_file(const fs::path& file, std::string_view text) {
  write_file(file, [text](std::ostream& stream) { stream << text; });
}

void write_file(const fs::path& file, const std::function<void(std::ostream&)>& write) {
  const fs::path temporary = file.string() + ".tmp";
  std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
  write(stream);
  stream.close();
  std::error_code problem;
  if (stream) fs::rename(temporary, file, problem);
  if (!stream || problem) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw InputError(file.string() +
                     ": found a folder that does not take the file, expected one that can be written");
  }
}

}  // namespace prism::cli
