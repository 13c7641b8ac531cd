// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/human_units.h"

#include <cmath>
#include <cstdio>
#include <span>

namespace prism::cli {
namespace {

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

/// With one to three decimals, so that four digits are shown.
std::string four_digits(double value) {
  const double magnitude = std::abs(value);
  if (magnitude >= 999.95) return fixed(value, 0);
  if (magnitude >= 99.995) return fixed(value, 1);
  return fixed(value, magnitude >= 9.9995 ? 2 : 3);
}

/// In the largest of the units (each `factor` times the one before) of which there is at least one.
std::string scaled(double value, double factor, std::span<const char* const> units) {
  std::size_t unit = 0;
  while (unit + 1 < units.size() && std::abs(value) >= factor) {
    value /= factor;
    ++unit;
  }
  return four_digits(value) + " " + units[unit];
}

}  // namespace

std::string human_bytes(double bytes) {
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  if (std::abs(bytes) < 1024) return fixed(bytes, 0) + " B";
  return scaled(bytes / 1024, 1024, kUnits);
}

std::string human_time_ns(double ns) {
  static constexpr const char* kUnits[] = {"ns", "us", "ms", "s"};
  return scaled(ns, 1000, kUnits);
}

std::string human_energy_pj(double pj) {
  static constexpr const char* kUnits[] = {"pJ", "nJ", "uJ", "mJ", "J"};
  return scaled(pj, 1000, kUnits);
}

std::string human_ratio(double ratio) {
  return fixed(ratio, 2) + "x";
}

std::string human_fraction(double value) {
  return fixed(value, 3);
}

std::string human_tokens(double tokens) {
  constexpr double kKilo = 1024;
  if (tokens >= kKilo && std::fmod(tokens, kKilo) == 0) return fixed(tokens / kKilo, 0) + "K";
  return fixed(tokens, 0);
}

std::string human_rate(double per_second) {
  return four_digits(per_second);
}

}  // namespace prism::cli
