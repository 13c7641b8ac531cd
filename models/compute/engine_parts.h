// SPDX-License-Identifier: Apache-2.0
// What the parts of the compute engine's shell have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <systemc>

#include "models/common/bfloat16.h"
#include "models/common/burst_port.h"
#include "models/common/sc_time.h"

namespace prism::compute {

inline void wait_until(Picoseconds time) {
  if (time > now_ps()) sc_core::wait(to_sc_time(time - now_ps()));
}

inline Transfer transfer_of(std::uint64_t address, std::span<Bfloat16> elements, bool is_write,
                            Purpose purpose) {
  return {address, elements.size_bytes(), reinterpret_cast<std::byte*>(elements.data()), is_write, purpose};
}

inline Transfer read_into(std::span<Bfloat16> elements, std::uint64_t address, Purpose purpose) {
  return transfer_of(address, elements, false, purpose);
}

inline std::string bus_error_text(std::uint64_t address) {
  std::ostringstream text;
  text << "bus error at 0x" << std::hex << address;
  return text.str();
}

}  // namespace prism::compute
