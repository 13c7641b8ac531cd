// SPDX-License-Identifier: Apache-2.0
#include "models/dma/port_arbiter.h"

#include <algorithm>
#include <limits>

#include "models/common/sc_time.h"

namespace prism::dma {

namespace {
constexpr std::uint64_t kScale = 256;  // above the highest weight: every byte counts
constexpr Picoseconds kPicosecondsPerMicrosecond = 1'000'000;
}  // namespace

PortArbiter::PortArbiter(BurstPort& port) : port_(port) {
  sc_core::sc_spawn_options on_decide;
  on_decide.spawn_method();
  on_decide.set_sensitivity(&decide_);
  on_decide.dont_initialize();
  sc_core::sc_spawn([this] { grant_next(); }, sc_core::sc_gen_unique_name("grant_next"), &on_decide);
}

void PortArbiter::submit(Requester& requester, const Transfer& burst, bool limited, TransferBatch& batch) {
  requester.number_ = requests_++;
  requester.limited_ = limited;
  // Who has not asked for a while has saved up nothing.
  requester.virtual_time_ = std::max(requester.virtual_time_, virtual_now_);
  waiting_.push_back(&requester);
  decide_.notify(sc_core::SC_ZERO_TIME);
  while (granted_ != &requester) sc_core::wait(requester.turn_);
  port_.submit(burst, batch);
  account(requester, burst.bytes);
  granted_ = nullptr;
  decide_.notify(sc_core::SC_ZERO_TIME);
}

bool PortArbiter::goes_before(const Requester& a, const Requester& b) const {
  if (a.settings_.priority != b.settings_.priority) return a.settings_.priority > b.settings_.priority;
  if (a.virtual_time_ != b.virtual_time_) return a.virtual_time_ < b.virtual_time_;
  return a.number_ < b.number_;
}

void PortArbiter::grant_next() {
  if (granted_ != nullptr) return;
  const Picoseconds now = now_ps();
  Picoseconds earliest = std::numeric_limits<Picoseconds>::max();
  Requester* best = nullptr;
  for (Requester* requester : waiting_) {
    const Picoseconds not_before = requester->limited_ ? requester->not_before_ : now;
    earliest = std::min(earliest, not_before);
    if (not_before <= now && (best == nullptr || goes_before(*requester, *best))) best = requester;
  }
  if (best != nullptr) {
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), best));
    granted_ = best;
    virtual_now_ = std::max(virtual_now_, best->virtual_time_);
    best->turn_.notify(sc_core::SC_ZERO_TIME);
  } else if (!waiting_.empty()) {
    decide_.notify(to_sc_time(earliest - now));
  }
}

void PortArbiter::account(Requester& requester, std::uint64_t bytes) {
  const DmaConfig::Channel& settings = requester.settings_;
  requester.virtual_time_ += bytes * kScale / std::max(settings.weight, 1u);
  if (settings.bandwidth_mbps == 0 || !requester.limited_) return;
  // MB/s are bytes a microsecond.
  const auto time = static_cast<Picoseconds>(bytes) * kPicosecondsPerMicrosecond /
                    static_cast<Picoseconds>(settings.bandwidth_mbps);
  requester.not_before_ = std::max(requester.not_before_, now_ps()) + time;
}

}  // namespace prism::dma
