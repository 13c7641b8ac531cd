// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/bandwidth_history.h"

#include <algorithm>

namespace prism::hbm {

void BandwidthHistory::move_to(Picoseconds now) {
  while (now / width_ >= static_cast<Picoseconds>(kBins)) {
    for (Bins* bins : {&read_, &written_}) {
      for (std::size_t i = 0; i < kBins / 2; ++i) (*bins)[i] = (*bins)[2 * i] + (*bins)[2 * i + 1];
      std::fill(bins->begin() + kBins / 2, bins->end(), 0);
    }
    width_ *= 2;
  }
  bin_ = static_cast<std::size_t>(now / width_);
  bin_end_ = static_cast<Picoseconds>(bin_ + 1) * width_;
}

TimeSeries BandwidthHistory::series(const Bins& bins) const {
  return {ns_from_ps(width_), {bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(bin_ + 1)}};
}

}  // namespace prism::hbm
