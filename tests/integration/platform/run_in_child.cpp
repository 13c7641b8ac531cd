// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/platform/run_in_child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "models/cpu/rv64/elf_file.h"
#include "platform/soc/simulation.h"

namespace prism::test {

namespace {

std::string simulate_to_text(const std::string& config, const std::vector<std::string>& overrides) {
  config::ConfigTree tree =
      config::ConfigTree::load(std::string(PRISM_CONFIGS) + "/" + config, {PRISM_CONFIGS});
  tree.set("cpu.model=native");  // the fastest; may be overridden
  for (const std::string& assignment : overrides) tree.set(assignment);
  const config::PlatformConfig parsed = config::parse_config(tree);
  soc::RunOptions options;
  std::optional<rv64::ElfFile> firmware;
  if (parsed.cpu.model == config::CpuModel::kRv64) {
    firmware = rv64::ElfFile::read(PRISM_DECODE_ELF);
    options.firmware = &*firmware;
  }
  return soc::simulate(parsed, options).report.dump();
}

}  // namespace

nlohmann::json run_in_child(const std::string& config, const std::vector<std::string>& overrides) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    std::string text;
    try {
      text = simulate_to_text(config, overrides);
    } catch (const std::exception& error) {
      text = error.what();
    }
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t written = write(ends[1], text.data() + done, text.size() - done);
      if (written <= 0) _exit(1);
      done += static_cast<std::size_t>(written);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 65536> buffer;
  for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  nlohmann::json report = nlohmann::json::parse(text, nullptr, false);
  if (status != 0 || report.is_discarded()) throw std::runtime_error("the simulation died: " + text);
  return report;
}

}  // namespace prism::test
