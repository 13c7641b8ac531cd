// SPDX-License-Identifier: Apache-2.0
// Runs the real program and catches what it says.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace prism::test {

struct Outcome {
  int status;
  std::string out;
  std::string error;
};

inline const std::filesystem::path kConfigs = std::filesystem::path(PRISM_SOURCE_DIR) / "configs";

/// In `folder`, so that relative names (and out/) are there.
inline Outcome run_program(const TemporaryFolder& folder, const std::vector<std::string>& arguments) {
  const auto quoted = [](const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
  };
  std::string command = "cd " + quoted(folder.path().string()) + " && " + quoted(PRISM_PROGRAM);
  for (const std::string& argument : arguments) command += " " + quoted(argument);
  command += " >stdout.txt 2>stderr.txt </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, TemporaryFolder::read(folder.path() / "stdout.txt"),
          TemporaryFolder::read(folder.path() / "stderr.txt")};
}

}  // namespace prism::test
