// SPDX-License-Identifier: Apache-2.0
#include "models/dma/dma_engine.h"

#include <cassert>
#include <string>

#include "models/common/sc_time.h"
#include "prism/hw/dma.h"
#include "prism/hw/memory_map.h"

namespace prism::dma {

DmaEngine::DmaEngine(sc_core::sc_module_name name, const DmaConfig& config)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.register_access_ps),
      memory("memory", this->name(), config.port),
      semaphores("semaphores"),
      irq("irq"),
      bank_(this->name(), PRISM_DEVICE_BYTES),
      irq_complete_(bank_.add({"IRQ_COMPLETE", DMA_IRQ_COMPLETE, 4, RegisterAccess::kWriteOneToClear, 0,
                               "channels that completed a descriptor with an interrupt"})),
      irq_error_(bank_.add(
          {"IRQ_ERROR", DMA_IRQ_ERROR, 4, RegisterAccess::kWriteOneToClear, 0, "channels that halted"})),
      irq_enable_(bank_.add({"IRQ_ENABLE", DMA_IRQ_ENABLE, 4, RegisterAccess::kReadWrite, 0,
                             "channels that may raise the interrupt line"})),
      arbiter_(memory),
      semaphore_client_(semaphores) {
  assert(config.channels >= 1 && config.channels <= kMaxChannels);
  bank_.add({"ID", DMA_ID, 4, RegisterAccess::kReadOnly, DMA_ID_VALUE, "identity"});
  bank_.add({"CHANNELS", DMA_CHANNELS, 4, RegisterAccess::kReadOnly, config.channels, "number of channels"});
  for (Register* item : {&irq_complete_, &irq_error_, &irq_enable_}) {
    item->on_write([this](std::uint64_t) { irq_changed_.notify(sc_core::SC_ZERO_TIME); });
  }
  for (std::uint32_t i = 0; i < config.channels; ++i) add_channel(i, config);
  SC_METHOD(drive_irq);
  sensitive << irq_changed_;
}

void DmaEngine::add_channel(std::uint32_t index, const DmaConfig& config) {
  const std::string channel_name = "channel" + std::to_string(index);
  const auto on_event = [this, index](Channel::Event event) {
    raise(event == Channel::Event::kHalted ? irq_error_ : irq_complete_, index);
  };
  const Channel::Surroundings surroundings{bank_, memory, arbiter_, semaphore_client_, clocks_};
  channels_.push_back(std::make_unique<Channel>(std::string(name()) + "." + channel_name, index, config,
                                                surroundings, on_event));
  sc_core::sc_spawn([channel = channels_.back().get()] { channel->run(); }, channel_name.c_str());
}

void DmaEngine::raise(Register& status, std::uint32_t channel) {
  status.set(status.value() | (1u << channel));
  ++interrupts_;
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void DmaEngine::drive_irq() {
  irq.write(((irq_complete_.value() | irq_error_.value()) & irq_enable_.value()) != 0);
}

void DmaEngine::report(ModuleStatistics& out) const {
  std::uint64_t descriptors = 0;
  std::uint64_t errors = 0;
  for (const auto& channel : channels_) {
    descriptors += channel->descriptors();
    errors += channel->errors();
  }
  out.count("descriptors", "1", "descriptors completed", descriptors);
  out.count("errors", "1", "halts of a channel", errors);
  out.count("interrupts", "1", "completions and halts that set an interrupt bit", interrupts_);
  const Picoseconds kv_read = clocks_.kv_read.total(now_ps());
  out.gauge("busy_ns", "ns", "at least one channel active", ns_from_ps(clocks_.busy.total(now_ps())));
  out.gauge("waiting_ns", "ns", "descriptors waiting for a semaphore, all channels together",
            ns_from_ps(clocks_.waiting));
  out.gauge("kv_read_ns", "ns", "at least one channel fetching keys and values", ns_from_ps(kv_read));
  out.count("kv_read_bytes", "bytes", "read in that time for that purpose", clocks_.kv_read_bytes);
  out.gauge("kv_read_gbps", "GB/s", "the quotient", gbps_of(clocks_.kv_read_bytes, kv_read));
  memory.report(out);
}

}  // namespace prism::dma
