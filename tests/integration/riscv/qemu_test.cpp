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
std::pair<std::string, int> on_qemu(const std::string& elf) {
  const std::string command = std::string(PRISM_QEMU) + " -machine virt -bios none -nographic -kernel " +
                              elf + " < /dev/null 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string text;
  for (int character = std::fgetc(pipe); character != EOF; character = std::fgetc(pipe)) {
    if (character != '\r') text.push_back(static_cast<char>(character));
  }
  const int status = pclose(pipe);
  return {text, WEXITSTATUS(status)};
}

class OnQemuAndHere : public testing::TestWithParam<const char*> {};

TEST_P(OnQemuAndHere, PrintsAndEndsTheSame) {
  const std::string elf = std::string(PRISM_FIRMWARE_DIR) + "/" + GetParam() + ".elf";
  const auto [expected, status] = on_qemu(elf);
  EXPECT_FALSE(expected.empty());
  TemporaryFolder folder;
  const Outcome here =
      run_program(folder, {"run", (kConfigs / "tiny.json").string(), "--quiet", "--firmware", elf});
  EXPECT_EQ(here.status, status);
  EXPECT_EQ(here.out.substr(0, here.out.find("Report: ")), expected);
}

INSTANTIATE_TEST_SUITE_P(Programs, OnQemuAndHere, testing::Values("hello", "interrupt_test"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace prism::test
