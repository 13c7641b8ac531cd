// SPDX-License-Identifier: Apache-2.0
// The KV-cache DMA engine as a bus device: sockets, global registers, interrupt; its channels do the work.
#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "models/common/burst_port.h"
#include "models/common/register_target.h"
#include "models/common/semaphore_client.h"
#include "models/common/statistics.h"
#include "models/dma/channel.h"
#include "models/dma/dma_config.h"
#include "models/dma/port_arbiter.h"

namespace prism::dma {

/// Registers, descriptors and completion records as in prism/hw/dma.h. All channels share the master port, by
/// priority and weight. Numbers: no DMA engine is described by the paper; set-up time and buffer size are
/// assumptions of DmaConfig.
class DmaEngine : public sc_core::sc_module {
 public:
  static constexpr std::uint32_t kMaxChannels = 16;

  RegisterTarget registers;
  BurstPort memory;
  SemaphoreClient::Port semaphores;  // unbound: descriptors may name none
  sc_core::sc_out<bool> irq;

  DmaEngine(sc_core::sc_module_name name, const DmaConfig& config);

  void report(ModuleStatistics& out) const;
  /// `observer` is told of every descriptor of every channel.
  void on_activity(const ActivityObserver& observer) {
    for (const auto& channel : channels_) channel->on_activity(observer);
  }
  /// Of each channel: descriptors in its ring that have not ended.
  std::vector<std::uint32_t> queue_depths() const {
    std::vector<std::uint32_t> out;
    for (const auto& channel : channels_) out.push_back(channel->queue_depth());
    return out;
  }

 private:
  SC_HAS_PROCESS(DmaEngine);

  void add_channel(std::uint32_t index, const DmaConfig& config);
  void raise(Register& status, std::uint32_t channel);
  void drive_irq();  // SC_METHOD

  RegisterBank bank_;
  Register& irq_complete_;
  Register& irq_error_;
  Register& irq_enable_;
  PortArbiter arbiter_;
  SemaphoreClient semaphore_client_;
  Channel::Clocks clocks_;
  std::vector<std::unique_ptr<Channel>> channels_;
  sc_core::sc_event irq_changed_;
  std::uint64_t interrupts_ = 0;
};

}  // namespace prism::dma
