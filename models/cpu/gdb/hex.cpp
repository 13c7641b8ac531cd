// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/gdb/hex.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace prism::gdb {

std::string to_hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

std::string to_hex(std::string_view text) {
  return to_hex(as_bytes(text));
}

std::string register_to_hex(std::uint64_t value) {
  return to_hex(std::as_bytes(std::span(&value, 1)));
}

std::string number_to_hex(std::uint64_t value) {
  char digits[16];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value, 16).ptr;
  return {std::begin(digits), end};
}

std::optional<std::vector<std::byte>> bytes_from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (; !text.empty(); text.remove_prefix(2)) {
    const auto value = number_from_hex(text.substr(0, 2));
    if (!value) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(*value));
  }
  return bytes;
}

std::optional<std::uint64_t> register_from_hex(std::string_view text) {
  const auto bytes = bytes_from_hex(text);
  std::uint64_t value = 0;
  if (!bytes || bytes->size() != sizeof value) return std::nullopt;
  std::memcpy(&value, bytes->data(), sizeof value);
  return value;
}

std::optional<std::uint64_t> number_from_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

}  // namespace prism::gdb
