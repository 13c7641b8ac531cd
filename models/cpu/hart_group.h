// SPDX-License-Identifier: Apache-2.0
// Several harts of one machine: in which order they run, and what is atomic among them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "models/common/units.h"
#include "models/cpu/rv64/hart.h"

namespace prism::cpu {

/// When the simulation goes on, if nothing more happens at the present time; kNever: it does not.
Picoseconds next_event_time();

/// Time is divided into turns of equal length, from multiple to multiple of it. Within a turn, one hart after
/// the other runs to the turn's end or to the next event of the simulation, in the order of their numbers: so
/// a hart sees what another wrote to direct memory (RAM) up to a turn late or early, and may see another's
/// interrupt up to a turn late. Accesses to the bus happen at their exact times, in order. While all other
/// harts sleep, a hart's turn does not end.
///
/// An amo or sc excludes the other harts' accesses to the bus between its own two; RAM needs nothing, since a
/// hart is never left within an instruction there. Other bus masters are not excluded.
class HartGroup : public sc_core::sc_module {
 public:
  HartGroup(sc_core::sc_module_name name, Picoseconds turn);

  /// Returns the hart's number in the group. The hart outlives the group's use.
  std::size_t add(rv64::Hart& hart);

  /// Each is called from the hart's process.
  /// Returns when everything else at the present time has happened, and it is this hart's turn.
  void wait_for_turn(std::size_t member);
  /// Of the turn that has been given; kNever: all others sleep.
  Picoseconds end_of_turn() const;
  /// The simulation's next event when the turn was given; kNever: there is none.
  Picoseconds next_event() const { return next_event_; }
  void set_asleep(std::size_t member, bool asleep) { members_[member].asleep = asleep; }

  /// The bus is the member's until unlock(); waits for it.
  void lock(std::size_t member);
  void unlock(std::size_t member);
  /// Returns when no other member has locked the bus.
  void wait_for_bus(std::size_t member);
  /// The member wrote [address, address + bytes): reservations of others there end.
  void break_reservations(std::size_t member, std::uint64_t address, std::uint64_t bytes);

 private:
  struct Member {
    rv64::Hart* hart;
    std::unique_ptr<sc_core::sc_event> turn;
    bool waits = false;  // for its turn
    bool asleep = false;
  };

  void give_turn();  // SC_METHOD

  Picoseconds turn_;
  Picoseconds next_event_ = kNever;
  std::vector<Member> members_;
  sc_core::sc_event somebody_waits_;
  sc_core::sc_event unlocked_;
  std::size_t owner_;  // of the bus; kNobody
};

}  // namespace prism::cpu
