// SPDX-License-Identifier: Apache-2.0
// The core against qemu-system-riscv64: the same images print the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/unit/rv64/program_generator.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::size_t kPrograms = 200;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The lines on QEMU's console.
std::vector<std::string> run_on_qemu(const std::filesystem::path& elf, const std::string& options) {
  const std::string command =
      "timeout 120 " PRISM_QEMU
      " -machine virt -m 32 -bios none -nographic -monitor none -serial stdio -kernel " +
      elf.string() + " " + options + " </dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start QEMU");
  std::string text;
  std::array<char, 4096> buffer;
  for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), count);
  }
  EXPECT_EQ(pclose(pipe), 0) << "QEMU's exit status";
  return lines_of(text);
}

/// The core, with the random programs and what runs them.
class RandomPrograms {
 public:
  RandomPrograms() {
    machine_.load(ElfFile::read(kElf));
    std::memcpy(&machine_.ram[kProgramsAddress - TestMachine::kRam], image.data(), image.size());
  }

  /// The lines on the console after a run in quanta.
  std::vector<std::string> run(std::uint64_t quantum) {
    while (machine_.hart.run({.instructions = quantum}) == ExitReason::kLimit) {
    }
    EXPECT_EQ(machine_.finished, kFinisherPass);
    return lines_of(machine_.console);
  }
  Hart& hart() { return machine_.hart; }

  static inline const std::filesystem::path kElf =
      std::filesystem::path(PRISM_RISCV_PROGRAMS) / "differential.elf";
  const std::vector<std::byte> image = generate_programs(kPrograms);

 private:
  TestMachine machine_{16 << 20};
};

TEST(Qemu, RandomProgramsLeaveTheSameState) {
  RandomPrograms programs;
  const std::vector<std::string> ours = programs.run(1'000'000);
  ASSERT_EQ(ours.size(), kPrograms);

  const test::TemporaryFolder folder;
  const std::filesystem::path image = folder.path() / "programs.bin";
  std::ofstream(image, std::ios::binary)
      .write(reinterpret_cast<const char*>(programs.image.data()),
             static_cast<std::streamsize>(programs.image.size()));
  const std::vector<std::string> theirs =
      run_on_qemu(RandomPrograms::kElf, "-device loader,force-raw=on,addr=0x80200000,file=" + image.string());
  ASSERT_EQ(theirs.size(), kPrograms);
  for (std::size_t i = 0; i < kPrograms; ++i) EXPECT_EQ(ours[i], theirs[i]) << "program " << i;
}

TEST(Qemu, RandomProgramsDoNotDependOnTheQuantum) {
  const std::vector<std::string> expected = RandomPrograms().run(1'000'000);
  EXPECT_EQ(RandomPrograms().run(10'000), expected);
  EXPECT_EQ(RandomPrograms().run(100), expected);
}

TEST(Qemu, RandomProgramsAreLongAndUseEveryInstruction) {
  RandomPrograms programs;
  std::vector<std::uint64_t> executed(kPrograms);
  std::array<std::uint64_t, kOperations> uses{};
  programs.hart().set_trace({.first = kProgramsAddress,
                             .last = kProgramsAddress + programs.image.size(),
                             .on_instruction = [&](std::uint64_t pc, std::uint32_t word) {
                               ++executed[(pc - kProgramsAddress) / kSlotBytes - 1];
                               ++uses[static_cast<std::size_t>(decode(word).operation)];
                             }});
  programs.run(1'000'000);
  EXPECT_GE(*std::min_element(executed.begin(), executed.end()), 10'000u);
  for (std::size_t operation = 0; operation <= static_cast<std::size_t>(Operation::kIllegal); ++operation) {
    const bool is_the_harness_s = operation == static_cast<std::size_t>(Operation::kMret) ||
                                  operation == static_cast<std::size_t>(Operation::kWfi);
    EXPECT_TRUE(uses[operation] >= 100 || is_the_harness_s) << "operation " << operation;
  }
}

}  // namespace
}  // namespace prism::rv64
