// SPDX-License-Identifier: Apache-2.0
// Conversion between integer picoseconds and sc_time. SystemC's default resolution of 1 ps is kept by the
// platform.
#pragma once

#include <systemc>

#include "models/common/units.h"

namespace prism {

inline sc_core::sc_time to_sc_time(Picoseconds ps) {
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(ps));
}

inline Picoseconds to_ps(const sc_core::sc_time& time) {
  return static_cast<Picoseconds>(time.value());
}

/// The kernel's current time.
inline Picoseconds now_ps() {
  return to_ps(sc_core::sc_time_stamp());
}

}  // namespace prism
