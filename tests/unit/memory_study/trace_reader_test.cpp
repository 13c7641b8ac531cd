// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/trace_reader.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace prism::memory_study {
namespace {

constexpr Picoseconds kClock = 625;
constexpr std::uint64_t kCapacity = 0x10000;

std::vector<Access> read_all(const std::filesystem::path& file) {
  TraceReader reader(file, kClock, 32, kCapacity);
  std::vector<Access> accesses;
  for (Access access; reader.next(access);) accesses.push_back(access);
  return accesses;
}

TEST(TraceReader, ReadsTheCommonForm) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("trace.txt",
                                 "# a comment\n"
                                 "\n"
                                 "0: read 0x0\n"
                                 "  3 :\twrite 0x1Fe4 0xDeadBEEF0123456789  # data of any length\r\n"
                                 "3: read 0xffff");  // no end of line
  const std::vector<Access> accesses = read_all(file);
  ASSERT_EQ(accesses.size(), 3u);
  EXPECT_EQ(accesses[0].address, 0u);
  EXPECT_FALSE(accesses[0].is_write);
  EXPECT_EQ(accesses[0].not_before, 0);
  EXPECT_EQ(accesses[1].address, 0x1FE0u);  // the burst that holds it
  EXPECT_EQ(accesses[1].bytes, 32u);
  EXPECT_TRUE(accesses[1].is_write);
  EXPECT_EQ(accesses[1].not_before, 3 * kClock);
  EXPECT_EQ(accesses[2].address, 0xFFE0u);
}

TEST(TraceReader, EmptyTraceHasNoRequests) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(read_all(folder.write("trace.txt", "# nothing\n\n")).empty());
}

struct BadLine {
  const char* name;
  const char* line;
  const char* found;
  const char* expected;
};

void PrintTo(const BadLine& bad, std::ostream* stream) {
  *stream << bad.name;
}

class TraceErrors : public testing::TestWithParam<BadLine> {};

TEST_P(TraceErrors, NameFileLineFoundAndExpected) {
  const test::TemporaryFolder folder;
  const auto file =
      folder.write("trace.txt", "7: read 0x40\n\n" + std::string(GetParam().line) + "\n8: read 0x80\n");
  const std::string expected =
      file.string() + ":3: found " + GetParam().found + ", expected " + GetParam().expected;
  try {
    read_all(file);
    FAIL() << "no error";
  } catch (const TraceError& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, expected.size()), expected);
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

const BadLine kBadLines[] = {
    {"NoColon", "8 read 0x40", "\"8\"", "a cycle and a colon"},
    {"NoCycle", ": read 0x40", "the end of the line", "a cycle and a colon"},
    {"NegativeCycle", "-8: read 0x40", "\"-8\"", "a cycle and a colon"},
    {"CycleTooLarge", "99999999999999999999: read 0x40", "\"99999999999999999999\"", "a cycle and a colon"},
    {"TimeGoesBack", "6: read 0x40", "\"6\"", "a cycle that is not before the last one (7)"},
    {"UnknownCommand", "8: raed 0x40", "\"raed\"", "read or write"},
    {"NoCommand", "8:", "the end of the line", "read or write"},
    {"NoAddress", "8: read", "the end of the line", "an address in hexadecimal, as 0x1a40"},
    {"DecimalAddress", "8: read 64", "\"64\"", "an address in hexadecimal, as 0x1a40"},
    {"BadDigit", "8: read 0x4g", "\"0x4g\"", "an address in hexadecimal, as 0x1a40"},
    {"AddressOutside", "8: read 0x10000", "\"0x10000\"",
     "an address below 0x10000, the capacity of the memory"},
    {"BadData", "8: write 0x40 12", "\"12\"", "data in hexadecimal (0x...), or the end of the line"},
    {"TooMuch", "8: write 0x40 0x12 0x13", "\"0x13\"", "the end of the line"},
};

INSTANTIATE_TEST_SUITE_P(Lines, TraceErrors, testing::ValuesIn(kBadLines),
                         [](const auto& bad) { return std::string(bad.param.name); });

TEST(TraceErrors, MissingFile) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(TraceReader(folder.path() / "none.txt", kClock, 32, kCapacity), TraceError);
  EXPECT_THROW(TraceReader(folder.path(), kClock, 32, kCapacity), TraceError);
}

}  // namespace
}  // namespace prism::memory_study
