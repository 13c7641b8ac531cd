// SPDX-License-Identifier: Apache-2.0
// Checks of configuration values: one line that names the parameter, what was found, what was expected.
#pragma once

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace prism::photonic {

/// Throws std::invalid_argument "NAME: found FOUND, expected EXPECTED" unless `ok`.
template <class Found>
void require(bool ok, std::string_view name, const Found& found, std::string_view expected) {
  if (ok) return;
  std::ostringstream line;
  line << name << ": found " << found << ", expected " << expected;
  throw std::invalid_argument(line.str());
}

inline void require_positive(std::string_view name, double found) {
  require(std::isfinite(found) && found > 0.0, name, found, "a number above 0");
}

inline void require_not_negative(std::string_view name, double found) {
  require(std::isfinite(found) && found >= 0.0, name, found, "0 or more");
}

/// Converter resolutions: 0 is a converter without quantisation.
inline void require_bits(std::string_view name, unsigned found) {
  require(found <= 16, name, found, "0 (continuous) to 16");
}

}  // namespace prism::photonic
