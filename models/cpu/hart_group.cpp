// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/hart_group.h"

#include <algorithm>
#include <limits>

#include "models/common/sc_time.h"

namespace prism::cpu {
namespace {

constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();

}  // namespace

Picoseconds next_event_time() {
  const sc_core::sc_time pause = sc_core::sc_time_to_pending_activity();
  const bool comes = pause < sc_core::sc_max_time() - sc_core::sc_time_stamp();
  return comes ? now_ps() + to_ps(pause) : kNever;
}

HartGroup::HartGroup(sc_core::sc_module_name name, Picoseconds turn)
    : sc_core::sc_module(name), turn_(turn), owner_(kNobody) {
  SC_HAS_PROCESS(HartGroup);
  SC_METHOD(give_turn);
  sensitive << somebody_waits_;
  dont_initialize();
}

std::size_t HartGroup::add(rv64::Hart& hart) {
  members_.push_back({.hart = &hart, .turn = std::make_unique<sc_core::sc_event>()});
  return members_.size() - 1;
}

void HartGroup::wait_for_turn(std::size_t member) {
  members_[member].waits = true;
  somebody_waits_.notify(sc_core::SC_ZERO_TIME);
  sc_core::wait(*members_[member].turn);
}

void HartGroup::give_turn() {
  const auto next =
      std::find_if(members_.begin(), members_.end(), [](const Member& member) { return member.waits; });
  if (next == members_.end()) return;
  // What else happens at this time comes first; what the member does, before the next one's turn.
  if (!sc_core::sc_pending_activity_at_current_time()) {
    next->waits = false;
    next_event_ = next_event_time();  // now: while the member runs, this waits for the next delta cycle
    next->turn->notify();
  }
  somebody_waits_.notify(sc_core::SC_ZERO_TIME);
}

Picoseconds HartGroup::end_of_turn() const {
  const auto awake =
      std::count_if(members_.begin(), members_.end(), [](const Member& member) { return !member.asleep; });
  return awake > 1 ? (now_ps() / turn_ + 1) * turn_ : kNever;
}

void HartGroup::lock(std::size_t member) {
  wait_for_bus(member);
  owner_ = member;
}

void HartGroup::unlock(std::size_t member) {
  if (owner_ != member) return;
  owner_ = kNobody;
  unlocked_.notify(sc_core::SC_ZERO_TIME);
}

void HartGroup::wait_for_bus(std::size_t member) {
  while (owner_ != kNobody && owner_ != member) sc_core::wait(unlocked_);
}

void HartGroup::break_reservations(std::size_t member, std::uint64_t address, std::uint64_t bytes) {
  for (std::size_t other = 0; other < members_.size(); ++other) {
    if (other != member) members_[other].hart->break_reservation(address, bytes);
  }
}

}  // namespace prism::cpu
