// SPDX-License-Identifier: Apache-2.0
// The detailed timing engine: every command of every channel is scheduled against the JEDEC constraints.
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/units.h"
#include "models/hbm/address_map.h"
#include "models/hbm/channel.h"
#include "models/hbm/channel_router.h"
#include "models/hbm/command.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

/// Models, for each channel, the front end, the bank queues, the row and column command buses, and for each
/// pseudo-channel the banks, all timing constraints, page policy, refresh and write draining. Time runs from
/// event to event, never clock by clock. Memory does not grow with the number or the length of requests.
///
/// Does not model: power-down and self-refresh, refresh management (RFM), forwarding from queued writes to
/// reads (data moves when the shell says; this engine only times), clock domain crossings. Constraint
/// semantics (from which clock of an activate a parameter counts) follow DRAMSys 5; numbers come from the
/// preset.
class DetailedEngine final : public TimingEngine {
 public:
  /// Throws std::invalid_argument on an organisation or timing that cannot be simulated.
  explicit DetailedEngine(const HbmConfig& config);

  bool push(const Request& request) override;
  Picoseconds advance(Picoseconds limit, std::vector<Completion>& completions) override;
  void set_refresh_rate(std::uint32_t times) override;
  bool idle() const override { return requests_.active() == 0; }
  EngineCounters counters() const override;
  std::vector<std::uint64_t> bytes_per_channel() const override;

  /// `observer` (null: none) sees every command from now on; it must outlive the engine or be taken off.
  void observe(CommandObserver* observer);

 private:
  Organization organization_;
  AddressMap map_;
  ChannelRouter router_;
  RequestTable requests_;
  std::vector<Channel> channels_;
  std::vector<Picoseconds> next_event_;       // of each channel
  std::vector<std::uint32_t> push_channels_;  // scratch of push()
  Picoseconds now_ = 0;
};

}  // namespace prism::hbm
