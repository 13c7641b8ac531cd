// SPDX-License-Identifier: Apache-2.0
// Values as error messages show them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace prism::config {

inline std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

inline std::string hexadecimal(std::uint64_t value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(value));
  return buffer;
}

inline std::string in_words(std::uint64_t value) {
  return std::to_string(value);
}

}  // namespace prism::config
