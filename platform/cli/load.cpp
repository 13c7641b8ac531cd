// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/load.h"

namespace prism::cli {
namespace fs = std::filesystem;

fs::path executable() {
  return fs::read_symlink("/proc/self/exe");
}

std::vector<fs::path> preset_directories() {
  std::vector<fs::path> found;
  for (const fs::path& candidate :
       {executable().parent_path() / ".." / PRISM_INSTALLED_CONFIGS, fs::path(PRISM_SOURCE_CONFIGS)}) {
    if (fs::is_directory(candidate)) found.push_back(candidate.lexically_normal());
  }
  return found;
}

config::ConfigTree load(const fs::path& file, const std::vector<std::string>& overrides) {
  config::ConfigTree tree = config::ConfigTree::load(file, preset_directories());
  for (const std::string& assignment : overrides) tree.set(assignment);
  return tree;
}

}  // namespace prism::cli
