// SPDX-License-Identifier: Apache-2.0
// Which channel's burst goes through the engine's port next.
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "models/common/burst_port.h"
#include "models/common/units.h"
#include "models/dma/dma_config.h"

namespace prism::dma {

/// One burst at a time, chosen a delta cycle after the last: who has more to send asks again before that. Of
/// the channels that ask and are not held back by their bandwidth limit, those with the highest priority;
/// among these, weighted fair queueing by bytes (start-time fair queueing, Goyal, Vin and Cheng 1996); among
/// equals, the one that has asked for longest.
class PortArbiter {
 public:
  /// A channel's side. `settings` are read anew for each burst.
  class Requester {
   public:
    explicit Requester(const DmaConfig::Channel& settings) : settings_(settings) {}

   private:
    friend class PortArbiter;
    const DmaConfig::Channel& settings_;
    sc_core::sc_event turn_;
    std::uint64_t number_ = 0;        // of the request, in order of arrival
    bool limited_ = false;            // the request counts towards the bandwidth limit
    std::uint64_t virtual_time_ = 0;  // served bytes over weight, scaled
    Picoseconds not_before_ = 0;      // bandwidth limit
  };

  explicit PortArbiter(BurstPort& port);

  /// Returns when the burst has been issued. `limited`: it counts towards the bandwidth limit. Call from the
  /// requester's SC_THREAD.
  void submit(Requester& requester, const Transfer& burst, bool limited, TransferBatch& batch);

 private:
  void grant_next();
  bool goes_before(const Requester& a, const Requester& b) const;
  static void account(Requester& requester, std::uint64_t bytes);

  BurstPort& port_;
  std::vector<Requester*> waiting_;
  Requester* granted_ = nullptr;
  std::uint64_t requests_ = 0;
  std::uint64_t virtual_now_ = 0;
  sc_core::sc_event decide_;
};

}  // namespace prism::dma
