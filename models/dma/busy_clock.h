// SPDX-License-Identifier: Apache-2.0
// Time during which at least one of several users is active.
#pragma once

#include <cstdint>

#include "models/common/units.h"

namespace prism::dma {

class BusyClock {
 public:
  void begin(Picoseconds now) {
    if (users_++ == 0) since_ = now;
  }
  void end(Picoseconds now) {
    if (--users_ == 0) total_ += now - since_;
  }
  Picoseconds total(Picoseconds now) const { return users_ > 0 ? total_ + now - since_ : total_; }

 private:
  std::uint32_t users_ = 0;
  Picoseconds since_ = 0;
  Picoseconds total_ = 0;
};

}  // namespace prism::dma
