// SPDX-License-Identifier: Apache-2.0
#include "models/memory/bank_timing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <stdexcept>

namespace prism::memory {
namespace {

ScratchpadConfig config(std::uint32_t banks, std::uint32_t width, std::uint32_t interleave) {
  return {.bytes = 1 << 20,
          .banks = banks,
          .bank_width_bytes = width,
          .interleave_bytes = interleave,
          .clock_mhz = 1000.0,
          .access_ps = 500};
}

/// The same rules, one line at a time.
class LineByLine {
 public:
  explicit LineByLine(const ScratchpadConfig& config) : config_(config), free_at_(config.banks) {}

  Picoseconds access(Picoseconds start, std::uint64_t offset, std::uint64_t bytes) {
    Picoseconds end = start;
    std::vector<Picoseconds> used(free_at_.size(), -1);
    for (std::uint64_t line = offset / config_.bank_width_bytes;
         line <= (offset + bytes - 1) / config_.bank_width_bytes; ++line) {
      const std::size_t bank = line * config_.bank_width_bytes / config_.interleave_bytes % config_.banks;
      free_at_[bank] = std::max(free_at_[bank], start) + 1000;
      busy += 1000;
      end = std::max(end, free_at_[bank]);
    }
    return end + config_.access_ps;
  }

  Picoseconds busy = 0;

 private:
  ScratchpadConfig config_;
  std::vector<Picoseconds> free_at_;
};

TEST(BankTiming, ALongAccessIsSpreadOverAllBanks) {
  BankTiming timing(config(16, 64, 256));
  // 16 KiB: 256 lines over 16 banks, 16 each.
  EXPECT_EQ(timing.access(1'000, 0, 16'384), 1'000 + 16'000 + 500);
  EXPECT_EQ(timing.busy(), 256'000);
  EXPECT_EQ(timing.conflicts(), 0u);
}

TEST(BankTiming, AShortAccessTakesOneClockOfOneBank) {
  BankTiming timing(config(16, 64, 256));
  EXPECT_EQ(timing.access(0, 70, 8), 1'500);
  EXPECT_EQ(timing.access(0, 256, 8), 1'500);  // the next bank is free
  EXPECT_EQ(timing.conflicts(), 0u);
  EXPECT_EQ(timing.access(0, 128, 8), 2'500);  // the first bank is not
  EXPECT_EQ(timing.conflicts(), 1u);
  EXPECT_EQ(timing.conflict_time(), 1'000);
  EXPECT_EQ(timing.access(0, 60, 8), 4'500);  // two lines, after the two accesses before
}

TEST(BankTiming, AStrideOfAllBanksUsesOneBank) {
  BankTiming timing(config(4, 64, 64));
  Picoseconds end = 0;
  for (int i = 0; i < 10; ++i) end = timing.access(0, static_cast<std::uint64_t>(i) * 256, 64);
  EXPECT_EQ(end, 10'000 + 500);
  EXPECT_EQ(timing.conflicts(), 9u);
}

TEST(BankTiming, AgreesWithLineByLineService) {
  for (const ScratchpadConfig& shape :
       {config(16, 64, 256), config(4, 32, 32), config(3, 16, 48), config(1, 64, 128), config(7, 8, 8)}) {
    BankTiming timing(shape);
    LineByLine reference(shape);
    std::mt19937 random(11);
    Picoseconds start = 0;
    for (int i = 0; i < 2'000; ++i) {
      start += static_cast<Picoseconds>(random() % 3'000);
      const std::uint64_t bytes = 1 + random() % (i % 20 == 0 ? 5'000 : 100);
      const std::uint64_t offset = random() % 100'000;
      ASSERT_EQ(timing.access(start, offset, bytes), reference.access(start, offset, bytes))
          << shape.banks << " banks, access " << i;
    }
    EXPECT_EQ(timing.busy(), reference.busy);
  }
}

TEST(BankTiming, RejectsImpossibleShapes) {
  EXPECT_THROW(BankTiming(config(0, 64, 256)), std::invalid_argument);
  EXPECT_THROW(BankTiming(config(4, 0, 256)), std::invalid_argument);
  EXPECT_THROW(BankTiming(config(4, 64, 0)), std::invalid_argument);
  EXPECT_THROW(BankTiming(config(4, 64, 96)), std::invalid_argument);
  ScratchpadConfig stopped = config(4, 64, 64);
  stopped.clock_mhz = 0.0;
  EXPECT_THROW(BankTiming{stopped}, std::invalid_argument);
}

}  // namespace
}  // namespace prism::memory
