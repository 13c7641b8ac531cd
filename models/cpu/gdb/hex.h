// SPDX-License-Identifier: Apache-2.0
// Numbers and bytes as gdb's remote protocol writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prism::gdb {

/// Two digits a byte.
std::string to_hex(std::span<const std::byte> bytes);
std::string to_hex(std::string_view text);
/// A register: eight bytes, least significant first.
std::string register_to_hex(std::uint64_t value);
/// Plain digits, most significant first.
std::string number_to_hex(std::uint64_t value);

/// Nothing when the text is not entirely that.
std::optional<std::vector<std::byte>> bytes_from_hex(std::string_view text);
std::optional<std::uint64_t> register_from_hex(std::string_view text);
std::optional<std::uint64_t> number_from_hex(std::string_view text);

/// Takes the part before `separator` (all, when there is none) and the separator off `text`.
std::string_view take_until(std::string_view& text, char separator);

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace prism::gdb
