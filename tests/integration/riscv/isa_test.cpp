// SPDX-License-Identifier: Apache-2.0
// Programs in the conventions of the public RISC-V suites (tests/riscv/isa): the verdict comes from `tohost`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using testing::HasSubstr;

std::string elf(const std::string& name) {
  return std::string(PRISM_RISCV_PROGRAMS) + "/isa_" + name + ".elf";
}

class IsaTest : public testing::Test {
 protected:
  Outcome run(const std::string& program, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"run", (kConfigs / "tiny.json").string(), "--quiet", "--json-only",
                               "--max-instructions", "1000000", "--firmware", program});
    return run_program(folder_, more);
  }
  /// One line and exit status 2.
  std::string error_of(const std::string& program, const std::vector<std::string>& more) {
    const Outcome outcome = run(program, more);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
    return outcome.error;
  }

  TemporaryFolder folder_;
};

class IsaProgram : public IsaTest, public testing::WithParamInterface<const char*> {};

TEST_P(IsaProgram, Passes) {
  const Outcome outcome = run(elf(GetParam()));
  EXPECT_EQ(outcome.status, 0) << outcome.error;
}

#ifdef PRISM_QEMU
TEST_P(IsaProgram, PassesOnQemu) {
  const std::string command = "timeout 60 " PRISM_QEMU " -machine virt -bios none -nographic -kernel " +
                              elf(GetParam()) + " </dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(IsaTest, FailsOnQemu) {
  const std::string command = "timeout 60 " PRISM_QEMU " -machine virt -bios none -nographic -kernel " +
                              elf("failing") + " </dev/null";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 3);
}
#endif

INSTANTIATE_TEST_SUITE_P(All, IsaProgram,
                         testing::Values("integer", "multiply", "atomic", "compressed", "csr", "trap",
                                         "code"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_F(IsaTest, AFailureIsItsNumber) {
  const Outcome outcome = run(elf("failing"));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.error,
              HasSubstr("the simulated system failed: the firmware reported failure 3 (tohost)"));
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
}

TEST_F(IsaTest, TheSignatureIsWritten) {
  const Outcome outcome = run(elf("signature"), {"--signature", "signature.txt"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  // LEAST / -1; the upper half of (2^64 - 1)^2; what the program leaves alone.
  EXPECT_EQ(TemporaryFolder::read(folder_.path() / "signature.txt"),
            "00000000\n80000000\nfffffffe\nffffffff\n12345678\ndeadbeef\n");
}

TEST_F(IsaTest, WrongSignaturesAreOneLine) {
  EXPECT_THAT(error_of(elf("integer"), {"--signature", "s"}),
              HasSubstr("--signature: found no begin_signature and end_signature in the firmware"));
  EXPECT_THAT(error_of(elf("signature"), {"--signature", "no/such/folder/s"}),
              HasSubstr("--signature: found no folder for no/such/folder/s"));
  const Outcome native = run_program(folder_, {"run", (kConfigs / "tiny.json").string(), "--set",
                                               "cpu.model=native", "--quiet", "--signature", "s"});
  EXPECT_EQ(native.status, 2);
  EXPECT_THAT(native.error, HasSubstr("--signature: found cpu.model \"native\", expected \"rv64\""));
}

}  // namespace
}  // namespace prism::test
