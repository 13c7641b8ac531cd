// SPDX-License-Identifier: Apache-2.0
// Units used throughout: time in integer picoseconds, energy in picojoules (double), bandwidth in GB/s (10^9
// bytes).
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace prism {

using Picoseconds = std::int64_t;

inline constexpr Picoseconds kPicosecondsPerNanosecond = 1000;
inline constexpr Picoseconds kNever = std::numeric_limits<Picoseconds>::max();

/// Nanoseconds (any fraction) to the nearest picosecond.
inline Picoseconds ps_from_ns(double ns) {
  return static_cast<Picoseconds>(std::llround(ns * static_cast<double>(kPicosecondsPerNanosecond)));
}

inline double ns_from_ps(Picoseconds ps) {
  return static_cast<double>(ps) / static_cast<double>(kPicosecondsPerNanosecond);
}

/// Time to move `bytes` at `gbps` (GB/s, 10^9 bytes a second; > 0), rounded up to a picosecond.
inline Picoseconds transfer_ps(std::uint64_t bytes, double gbps) {
  return static_cast<Picoseconds>(std::ceil(static_cast<double>(bytes) * 1e3 / gbps));
}

/// Clock period of `mhz` (> 0), to the nearest picosecond.
inline Picoseconds period_ps(double mhz) {
  return static_cast<Picoseconds>(std::llround(1e6 / mhz));
}

/// Mean bandwidth in GB/s of `bytes` over `ps`; 0 when no time has passed.
inline double gbps_of(std::uint64_t bytes, Picoseconds ps) {
  return ps > 0 ? static_cast<double>(bytes) * 1e3 / static_cast<double>(ps) : 0.0;
}

/// Energy in pJ of `mw` milliwatts over `ps`: 1 mW x 1 ns = 1 pJ.
inline double pj_of(double mw, Picoseconds ps) {
  return mw * ns_from_ps(ps);
}

}  // namespace prism
