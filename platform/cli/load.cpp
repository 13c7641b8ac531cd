// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/load.h"

#include <algorithm>
#include <iostream>

#include "platform/cli/errors.h"
#include "platform/config/json_reader.h"
#include "platform/config/suggestion.h"

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

fs::path firmware_file(const std::string& name) {
  const fs::path here = executable().parent_path();
  for (const fs::path& folder : {here / "firmware", here / ".." / PRISM_INSTALLED_FIRMWARE}) {
    if (fs::path file = folder / (name + ".elf"); fs::is_regular_file(file)) return file.lexically_normal();
  }
  throw InputError("found no " + name +
                   ".elf beside the program, expected one (built where riscv64-unknown-elf-gcc is installed: "
                   "scripts/setup.sh), --firmware, or cpu.model=native");
}

fs::path preset_file(const std::string& preset, const std::string& folder) {
  if (fs::is_regular_file(preset)) return preset;
  std::vector<std::string> known;
  for (const fs::path& directory : preset_directories()) {
    if (fs::path file = directory / folder / (preset + ".json"); fs::is_regular_file(file)) return file;
    if (!fs::is_directory(directory / folder)) continue;
    for (const auto& entry : fs::directory_iterator(directory / folder))
      known.push_back(entry.path().stem().string());
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  std::string names;
  for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
  const auto meant = config::closest(preset, known);
  reject(preset, "no file and no preset of this name",
         meant ? "a file or a preset (did you mean \"" + *meant + "\"?)" : "a file, or one of " + names);
}

nlohmann::json read_report(const fs::path& place) {
  const fs::path file = fs::is_directory(place) ? place / "report.json" : place;
  nlohmann::json report = config::read_json(file);
  for (const char* key : {"config", "decode", "hbm", "selection", "energy_pj", "modules"}) {
    if (!report.is_object() || !report.contains(key) || !report[key].is_object()) {
      throw config::ConfigError(file.string(), config::pointer_to("", key), "no object",
                                "the report.json of a run");
    }
  }
  return report;
}

void print_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) std::cerr << "prism-vp: warning: " << warning << "\n";
}

config::ConfigTree load(const fs::path& file, const std::vector<std::string>& overrides) {
  config::ConfigTree tree = config::ConfigTree::load(file, preset_directories());
  for (const std::string& assignment : overrides) tree.set(assignment);
  return tree;
}

}  // namespace prism::cli
