// SPDX-License-Identifier: Apache-2.0
#include "models/common/register_bank.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace prism {
namespace {

constexpr auto kOk = RegisterResult::kOk;
constexpr auto kUnmapped = RegisterResult::kUnmapped;
constexpr auto kBadSize = RegisterResult::kBadSize;
constexpr auto kReadOnlyWrite = RegisterResult::kReadOnlyWrite;

template <typename T>
RegisterResult write(RegisterBank& bank, std::uint64_t offset, T value) {
  return bank.write(offset, std::as_bytes(std::span(&value, 1)));
}

template <typename T>
RegisterResult read(RegisterBank& bank, std::uint64_t offset, T& value) {
  return bank.read(offset, std::as_writable_bytes(std::span(&value, 1)));
}

template <typename T>
T get(RegisterBank& bank, std::uint64_t offset) {
  T value{};
  EXPECT_EQ(read(bank, offset, value), kOk);
  return value;
}

template <typename T>
T peek(const RegisterBank& bank, std::uint64_t offset) {
  T value{};
  bank.debug_read(offset, std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

class RegisterBankTest : public testing::Test {
 protected:
  RegisterBank bank_{"device", 0x1000};
  Register& id_ = bank_.add({"ID", 0x00, 4, RegisterAccess::kReadOnly, 0x5052534D, ""});
  Register& key_ = bank_.add({"KEY", 0x04, 4, RegisterAccess::kWriteOnly, 0, ""});
  Register& status_ = bank_.add({"STATUS", 0x08, 4, RegisterAccess::kWriteOneToClear, 0xFF, ""});
  Register& address_ = bank_.add({"ADDRESS", 0x18, 8, RegisterAccess::kReadWrite, 7, ""});
  Register& low_ = bank_.add({"LOW", 0x10, 4, RegisterAccess::kReadWrite, 1, ""});
  Register& high_ = bank_.add({"HIGH", 0x14, 4, RegisterAccess::kReadWrite, 2, ""});
};

TEST_F(RegisterBankTest, ReadsResetValues) {
  EXPECT_EQ(get<std::uint32_t>(bank_, 0x00), 0x5052534Du);
  EXPECT_EQ(get<std::uint32_t>(bank_, 0x10), 1u);
  EXPECT_EQ(get<std::uint64_t>(bank_, 0x18), 7u);
}

TEST_F(RegisterBankTest, AccessModes) {
  EXPECT_EQ(write<std::uint32_t>(bank_, 0x00, 1), kReadOnlyWrite);
  EXPECT_EQ(id_.value(), 0x5052534Du);

  EXPECT_EQ(write<std::uint32_t>(bank_, 0x04, 0xCAFE), kOk);
  EXPECT_EQ(key_.value(), 0xCAFEu);
  EXPECT_EQ(get<std::uint32_t>(bank_, 0x04), 0u);
  EXPECT_EQ(peek<std::uint32_t>(bank_, 0x04), 0u);

  EXPECT_EQ(write<std::uint32_t>(bank_, 0x08, 0x0F), kOk);
  EXPECT_EQ(get<std::uint32_t>(bank_, 0x08), 0xF0u);
  EXPECT_EQ(write<std::uint32_t>(bank_, 0x08, 0), kOk);
  EXPECT_EQ(get<std::uint32_t>(bank_, 0x08), 0xF0u);
}

TEST_F(RegisterBankTest, UnmappedAndBadSizes) {
  std::uint32_t word = 0;
  EXPECT_EQ(read(bank_, 0x20, word), kUnmapped);
  EXPECT_EQ(write<std::uint32_t>(bank_, 0xFFC, 0), kUnmapped);
  EXPECT_EQ(read(bank_, 0x12, word), kBadSize);  // misaligned
  EXPECT_EQ(write<std::uint8_t>(bank_, 0x10, 0), kBadSize);
  EXPECT_EQ(write<std::uint16_t>(bank_, 0x10, 0), kBadSize);
  std::array<std::uint64_t, 2> pair = {};
  EXPECT_EQ(read(bank_, 0x10, pair), kBadSize);
  EXPECT_EQ(low_.value(), 1u);
}

TEST_F(RegisterBankTest, FourByteAccessesToAnEightByteRegisterAreMerged) {
  std::vector<std::uint64_t> seen;
  address_.on_write([&seen](std::uint64_t value) { seen.push_back(value); });
  EXPECT_EQ(write<std::uint32_t>(bank_, 0x18, 0x11111111), kOk);
  EXPECT_EQ(write<std::uint32_t>(bank_, 0x1C, 0x22222222), kOk);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0x11111111, 0x22222222'11111111}));
  EXPECT_EQ(get<std::uint32_t>(bank_, 0x1C), 0x22222222u);
  EXPECT_EQ(get<std::uint64_t>(bank_, 0x18), 0x22222222'11111111u);
}

TEST_F(RegisterBankTest, AnEightByteAccessToTwoRegistersWritesTheLowerFirst) {
  std::vector<std::string> order;
  low_.on_write([&order](std::uint64_t) { order.push_back("low"); });
  high_.on_write([&order](std::uint64_t) { order.push_back("high"); });
  EXPECT_EQ(write<std::uint64_t>(bank_, 0x10, 0x44444444'33333333), kOk);
  EXPECT_EQ(order, (std::vector<std::string>{"low", "high"}));
  EXPECT_EQ(low_.value(), 0x33333333u);
  EXPECT_EQ(high_.value(), 0x44444444u);
  EXPECT_EQ(get<std::uint64_t>(bank_, 0x10), 0x44444444'33333333u);
  // One read-only half refuses the whole access.
  EXPECT_EQ(write<std::uint64_t>(bank_, 0x00, 1), kReadOnlyWrite);
  EXPECT_EQ(key_.value(), 0u);
}

TEST_F(RegisterBankTest, AnEightByteAccessHalfOutsideIsUnmapped) {
  std::uint64_t value = 0;
  EXPECT_EQ(read(bank_, 0x08, value), kUnmapped);  // STATUS, then nothing
  EXPECT_EQ(write<std::uint64_t>(bank_, 0x08, ~0ull), kUnmapped);
  EXPECT_EQ(status_.value(), 0xFFu);
}

TEST(RegisterBank, PartialWriteOneToClearTouchesItsBytesOnly) {
  RegisterBank bank("byte_device", 16, 1);
  Register& status = bank.add({"STATUS", 0, 4, RegisterAccess::kWriteOneToClear, 0xFFFFFFFF, ""});
  EXPECT_EQ(write<std::uint8_t>(bank, 1, 0x0F), kOk);
  EXPECT_EQ(status.value(), 0xFFFFF0FFu);
  EXPECT_EQ(get<std::uint8_t>(bank, 1), 0xF0u);
  EXPECT_EQ(get<std::uint16_t>(bank, 0), 0xF0FFu);
}

TEST_F(RegisterBankTest, HandlersComputeReadsAndSideEffectsSkipDebug) {
  std::uint64_t temperature = 300;
  int pops = 0;
  id_.on_read([&temperature] { return temperature; });
  id_.after_read([&pops] { ++pops; });
  EXPECT_EQ(peek<std::uint32_t>(bank_, 0x00), 300u);
  EXPECT_EQ(pops, 0);
  temperature = 301;
  EXPECT_EQ(get<std::uint32_t>(bank_, 0x00), 301u);
  EXPECT_EQ(pops, 1);
}

TEST_F(RegisterBankTest, DebugReadsAnyLengthAcrossHoles) {
  std::uint8_t bytes[0x30];
  std::memset(bytes, 0xAA, sizeof bytes);
  bank_.debug_read(0, std::as_writable_bytes(std::span(bytes)));
  EXPECT_EQ(bytes[0x00], 0x4D);
  EXPECT_EQ(bytes[0x03], 0x50);
  EXPECT_EQ(bytes[0x08], 0xFF);
  EXPECT_EQ(bytes[0x0C], 0);  // hole
  EXPECT_EQ(bytes[0x18], 7);
  EXPECT_EQ(bytes[0x20], 0);
  EXPECT_EQ(peek<std::uint8_t>(bank_, 0x03), 0x50);
}

TEST_F(RegisterBankTest, WindowsTakeAnySizeWithinTheirBounds) {
  RegisterWindow& query = bank_.add_window("QUERY", 0x100, 0x40, true, "");
  bank_.add_window("RESULT", 0x200, 0x40, false, "");
  const std::array<std::uint8_t, 5> data = {1, 2, 3, 4, 5};
  EXPECT_EQ(write(bank_, 0x103, data), kOk);
  EXPECT_EQ(query.storage[3], std::byte{1});
  EXPECT_EQ(query.storage[7], std::byte{5});
  std::array<std::uint8_t, 5> back = {};
  EXPECT_EQ(read(bank_, 0x103, back), kOk);
  EXPECT_EQ(back, data);
  EXPECT_EQ(write(bank_, 0x200, data), kReadOnlyWrite);
  EXPECT_NE(write(bank_, 0x13E, data), kOk);  // over the end
}

TEST_F(RegisterBankTest, ResetRestoresValuesWithoutHandlers) {
  int calls = 0;
  low_.on_write([&calls](std::uint64_t) { ++calls; });
  RegisterWindow& window = bank_.add_window("QUERY", 0x100, 0x40, true, "");
  window.storage[0] = std::byte{9};
  EXPECT_EQ(write<std::uint32_t>(bank_, 0x10, 77), kOk);
  bank_.reset();
  EXPECT_EQ(low_.value(), 1u);
  EXPECT_EQ(window.storage[0], std::byte{0});
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace prism
