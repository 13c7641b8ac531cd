// SPDX-License-Identifier: Apache-2.0
// The engine's port as one channel sees it: arbitrated, with limits of its own.
#pragma once

#include <cstdint>
#include <optional>

#include "models/common/burst_port.h"
#include "models/dma/dma_config.h"
#include "models/dma/port_arbiter.h"

namespace prism::dma {

class ChannelPort {
 public:
  /// `settings` are read anew for each burst.
  ChannelPort(BurstPort& port, PortArbiter& arbiter, const DmaConfig::Channel& settings)
      : port_(port), arbiter_(arbiter), settings_(settings), requester_(settings) {}

  /// An empty batch that counts towards the channel's limit. All batches of its bursts begin like this.
  TransferBatch& renew(std::optional<TransferBatch>& batch) { return batch.emplace(&flying_); }

  /// As those of BurstPort. Reads count towards the bandwidth limit, and writes of bytes that were not read.
  void submit(const Transfer& transfer, TransferBatch& batch, bool was_read = true);
  void wait(TransferBatch& batch) { port_.wait(batch); }
  void run(const Transfer& transfer, TransferBatch& batch);

 private:
  BurstPort& port_;
  PortArbiter& arbiter_;
  const DmaConfig::Channel& settings_;
  PortArbiter::Requester requester_;
  TransferBatch flying_;  // all outstanding bursts of the channel
};

}  // namespace prism::dma
