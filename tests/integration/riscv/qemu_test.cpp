// SPDX-License-Identifier: Apache-2.0
// The same ELF prints the same, and ends alike, on QEMU's virt machine and on the platform.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

/// Console output without carriage returns, and the exit status.
std::pair<std::string, int> on_qemu(const std::string& elf, unsigned harts) {
  const std::string command = "timeout 60 " PRISM_QEMU " -machine virt -bios none -nographic -smp " +
                              std::to_string(harts) + " -kernel " + elf + " < /dev/null 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string text;
  for (int character = std::fgetc(pipe); character != EOF; character = std::fgetc(pipe)) {
    if (character != '\r') text.push_back(static_cast<char>(character));
  }
  const int status = pclose(pipe);
  return {text, WEXITSTATUS(status)};
}

struct Program {
  const char* name;
  const char* folder;
  unsigned harts;

  friend std::ostream& operator<<(std::ostream& out, const Program& program) {
    return out << program.name << " on " << program.harts;
  }
};

class OnQemuAndHere : public testing::TestWithParam<Program> {};

TEST_P(OnQemuAndHere, PrintsAndEndsTheSame) {
  const Program program = GetParam();
  const std::string elf = std::string(PRISM_BINARY_DIR "/") + program.folder + "/" + program.name + ".elf";
  const auto [expected, status] = on_qemu(elf, program.harts);
  EXPECT_FALSE(expected.empty());
  TemporaryFolder folder;
  const Outcome here = run_program(folder, {"run", (kConfigs / "tiny.json").string(), "--quiet", "--firmware",
                                            elf, "--set", "cpu.rv64.harts=" + std::to_string(program.harts)});
  EXPECT_EQ(here.status, status);
  EXPECT_EQ(here.out.substr(0, here.out.find("Report: ")), expected);
}

INSTANTIATE_TEST_SUITE_P(Programs, OnQemuAndHere,
                         testing::Values(Program{"hello", "firmware", 1}, Program{"hello", "firmware", 4},
                                         Program{"interrupt_test", "firmware", 1},
                                         Program{"smp", "tests/riscv", 4}),
                         [](const auto& instance) {
                           return instance.param.name + std::string("_") +
                                  std::to_string(instance.param.harts);
                         });

}  // namespace
}  // namespace prism::test
