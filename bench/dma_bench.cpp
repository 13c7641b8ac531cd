// SPDX-License-Identifier: Apache-2.0
// Speed of the DMA engine's simulation: gathers of K/V blocks, through the whole engine and a memory without
// latency. SystemC elaborates once a process, so one engine serves every run.
#include <benchmark/benchmark.h>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <systemc>
#include <vector>

#include "models/dma/dma_engine.h"
#include "prism/hw/dma.h"
#include "prism/hw/purpose.h"

namespace prism::dma {
namespace {

constexpr std::uint64_t kRing = 0;
constexpr std::uint64_t kList = 0x1000;
constexpr std::uint64_t kDestination = 0x100000;
constexpr std::uint64_t kSource = 0x1000000;
constexpr std::uint64_t kMemoryBytes = 64 << 20;
constexpr std::uint32_t kEntries = 8;

class Bench : public sc_core::sc_module {
 public:
  explicit Bench(sc_core::sc_module_name name)
      : sc_core::sc_module(name), engine_("engine", config()), storage_(kMemoryBytes) {
    registers_.bind(engine_.registers.socket);
    engine_.memory.socket.bind(memory_);
    engine_.irq.bind(irq_);
    memory_.register_b_transport(this, &Bench::serve);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    write(DMA_CHANNEL(0) + DMA_RING_ADDRESS, kRing, 8);
    write(DMA_CHANNEL(0) + DMA_RING_ENTRIES, kEntries, 4);
    write(DMA_CHANNEL(0) + DMA_CONTROL, DMA_CONTROL_ENABLE, 4);
  }

  /// Gathers `count` blocks of `bytes`, every other one of the source's.
  void gather(std::uint32_t count, std::uint64_t bytes) {
    for (std::uint32_t i = 0; i < count; ++i) put(kList + i * sizeof i, 2 * i);
    dma_descriptor descriptor{};
    descriptor.opcode = DMA_OP_GATHER;
    descriptor.purpose = PRISM_PURPOSE_KV_READ;
    descriptor.source = kSource;
    descriptor.destination = kDestination;
    descriptor.bytes = bytes;
    descriptor.list_address = kList;
    descriptor.count = count;
    descriptor.stride = bytes;
    put(kRing + producer_ % kEntries * sizeof descriptor, descriptor);
    write(DMA_CHANNEL(0) + DMA_PRODUCER, ++producer_, 4);
    sc_core::sc_start();
  }

 private:
  static DmaConfig config() {
    DmaConfig config;
    config.buffer_bytes = 2 << 20;
    config.buffer_slots = 64;
    config.port.max_burst_bytes = 65536;
    config.port.max_outstanding = 128;
    return config;
  }

  template <typename Value>
  void put(std::uint64_t address, const Value& value) {
    std::memcpy(storage_.data() + address, &value, sizeof value);
  }

  void write(std::uint64_t offset, std::uint64_t value, unsigned bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(offset);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    sc_core::sc_time delay;
    registers_->b_transport(payload, delay);
  }

  void serve(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    unsigned char* here = storage_.data() + payload.get_address();
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), here, payload.get_data_length());
    if (payload.is_write()) std::memcpy(here, payload.get_data_ptr(), payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  DmaEngine engine_;
  tlm_utils::simple_initiator_socket<Bench> registers_;
  tlm_utils::simple_target_socket<Bench> memory_;
  sc_core::sc_signal<bool> irq_;
  std::vector<unsigned char> storage_;
  std::uint32_t producer_ = 0;
};

void gather_blocks(benchmark::State& state) {
  static const auto bench = std::make_unique<Bench>("bench");
  const auto count = static_cast<std::uint32_t>(state.range(0));
  const auto bytes = static_cast<std::uint64_t>(state.range(1));
  for ([[maybe_unused]] auto iteration : state) bench->gather(count, bytes);
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(count * bytes));
}
BENCHMARK(gather_blocks)->Args({32, 65536})->Args({32, 4096})->Args({512, 1024});

}  // namespace
}  // namespace prism::dma
