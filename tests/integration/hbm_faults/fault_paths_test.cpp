// SPDX-License-Identifier: Apache-2.0
// An error in the HBM's cells, all the way to the software: bus, DMA engine, CPU and the HBM driver.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "models/cpu/native_cpu.h"
#include "models/dma/dma_engine.h"
#include "models/hbm/hbm_controller.h"
#include "models/interconnect/bus.h"
#include "models/memory/memory.h"
#include "prism/hal.h"
#include "prism/hw/dma.h"
#include "prism/hw/hbm.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"
#include "tests/unit/hbm/preset.h"

extern "C" {
#include "prism/drivers/hbm.h"
}

namespace prism {
namespace {

constexpr std::uint64_t kRamBytes = 1 << 20;
constexpr std::uint64_t kHbmBytes = 64 << 20;
constexpr std::uint64_t kRing = PRISM_RAM_BASE;
constexpr std::uint64_t kCompletions = PRISM_RAM_BASE + 0x1000;
constexpr std::uint64_t kTarget = PRISM_RAM_BASE + 0x10000;
constexpr std::uint64_t kBytes = 0x4000;
constexpr std::uint64_t kBad = 0x2020;  // a burst of the HBM

interconnect::BusConfig bus_config() {
  return {.arbitration = interconnect::Arbitration::kRoundRobin,
          .initiators = {{.name = "cpu"}, {.name = "dma", .width_bytes = 64}},
          .targets = {{.name = "ram", .width_bytes = 64},
                      {.name = "hbm", .width_bytes = 64},
                      {.name = "dma"},
                      {.name = "hbm_registers"}},
          .map = {{"ram", PRISM_RAM_BASE, kRamBytes},
                  {"hbm", PRISM_HBM_BASE, kHbmBytes},
                  {"dma", PRISM_DMA_BASE, PRISM_DEVICE_BYTES},
                  {"hbm_registers", PRISM_HBM_REGISTERS_BASE, PRISM_DEVICE_BYTES}}};
}

/// Firmware of the test: what it does, it does through the bus.
class Software {
 public:
  explicit Software(struct hal* hal) : hal_(hal) {}

  void run() {
    prism_hbm hbm{};
    ASSERT_EQ(prism_hbm_init(&hbm, hal_, PRISM_HBM_REGISTERS_BASE), PRISM_STATUS_OK);
    std::vector<std::uint8_t> data(kBytes);
    for (std::size_t i = 0; i < kBytes; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    hal_write_block(hal_, PRISM_HBM_BASE, data.data(), kBytes);
    ASSERT_EQ(prism_hbm_inject(&hbm, kBad + 5, HBM_ERROR_UNCORRECTABLE), PRISM_STATUS_OK);
    ASSERT_EQ(prism_hbm_inject(&hbm, 0x3100, HBM_ERROR_CORRECTABLE), PRISM_STATUS_OK);
    EXPECT_EQ(prism_hbm_inject(&hbm, std::uint64_t{1} << 50, HBM_ERROR_CORRECTABLE), PRISM_STATUS_ARGUMENT);

    open_channel();
    copy(0, kTarget, kBytes);
    EXPECT_EQ(channel32(DMA_STATUS), DMA_STATUS_HALTED);
    EXPECT_EQ(channel32(DMA_ERROR), DMA_ERROR_BUS);
    EXPECT_EQ(hal_read64(hal_, channel(DMA_ERROR_ADDRESS)), PRISM_HBM_BASE + 0x2000);  // the port's burst
    hal_write32(hal_, channel(DMA_CONTROL), DMA_CONTROL_ENABLE | DMA_CONTROL_RESUME);

    // The engine goes on, and what ECC corrects is right.
    copy(0x3000, kTarget, 0x1000);
    EXPECT_EQ(channel32(DMA_STATUS), 0u);
    EXPECT_EQ(channel32(DMA_CONSUMER), 2u);
    std::vector<std::uint8_t> back(0x1000);
    hal_read_block(hal_, kTarget, back.data(), back.size());
    EXPECT_TRUE(std::equal(back.begin(), back.end(), data.begin() + 0x3000));

    // The CPU's own read: a fault, then a whole burst written, and all is well.
    std::uint64_t fault = 0;
    EXPECT_EQ(hal_read64(hal_, PRISM_HBM_BASE + kBad + 8), 0u);
    EXPECT_TRUE(hal_take_fault(hal_, &fault));
    EXPECT_EQ(fault, PRISM_HBM_BASE + kBad + 8);
    hal_write_block(hal_, PRISM_HBM_BASE + kBad, data.data() + kBad, 32);
    std::uint64_t expected = 0;
    std::memcpy(&expected, data.data() + kBad + 8, sizeof expected);
    EXPECT_EQ(hal_read64(hal_, PRISM_HBM_BASE + kBad + 8), expected);
    EXPECT_FALSE(hal_take_fault(hal_, &fault));

    prism_hbm_ecc ecc{};
    ASSERT_EQ(prism_hbm_read_ecc(&hbm, &ecc), PRISM_STATUS_OK);
    EXPECT_EQ(ecc.uncorrectable, 2u);
    EXPECT_EQ(ecc.corrected, 1u);
    EXPECT_EQ(ecc.last.kind, HBM_ERROR_UNCORRECTABLE);
    EXPECT_EQ(ecc.last.address, kBad);
    EXPECT_STREQ(ecc.last.initiator, "cpu");
    EXPECT_STREQ(ecc.first.initiator, "dma");
    ASSERT_EQ(prism_hbm_clear_ecc(&hbm), PRISM_STATUS_OK);
    ASSERT_EQ(prism_hbm_read_ecc(&hbm, &ecc), PRISM_STATUS_OK);
    EXPECT_EQ(ecc.uncorrectable, 0u);
    EXPECT_EQ(ecc.first.kind, HBM_ERROR_NONE);

    std::int32_t celsius = 0;
    std::uint32_t rate = 0;
    ASSERT_EQ(prism_hbm_inject_temperature(&hbm, 90), PRISM_STATUS_OK);
    ASSERT_EQ(prism_hbm_read_temperature(&hbm, &celsius, &rate), PRISM_STATUS_OK);
    EXPECT_EQ(celsius, 90);
    EXPECT_EQ(rate, 2u);
    finished = true;
  }

  bool finished = false;

 private:
  static std::uint64_t channel(std::uint32_t offset) { return PRISM_DMA_BASE + DMA_CHANNEL(0) + offset; }
  std::uint32_t channel32(std::uint32_t offset) { return hal_read32(hal_, channel(offset)); }

  void open_channel() {
    hal_write64(hal_, channel(DMA_RING_ADDRESS), kRing);
    hal_write32(hal_, channel(DMA_RING_ENTRIES), 8);
    hal_write64(hal_, channel(DMA_COMPLETION_ADDRESS), kCompletions);
    hal_write32(hal_, channel(DMA_CONTROL), DMA_CONTROL_ENABLE);
  }

  /// Copies from HBM; returns when the channel is idle or halted.
  void copy(std::uint64_t from, std::uint64_t to, std::uint64_t bytes) {
    dma_descriptor descriptor{};
    descriptor.opcode = DMA_OP_COPY;
    descriptor.purpose = PRISM_PURPOSE_KV_READ;
    descriptor.source = PRISM_HBM_BASE + from;
    descriptor.destination = to;
    descriptor.bytes = bytes;
    hal_write_block(hal_, kRing + posted_ * sizeof descriptor, &descriptor, sizeof descriptor);
    hal_write32(hal_, channel(DMA_PRODUCER), ++posted_);
    for (int i = 0; i < 1000 && (channel32(DMA_STATUS) & DMA_STATUS_BUSY) != 0; ++i) {
      hal_wait_for_interrupt(hal_, hal_time_ns(hal_) + 100);
    }
  }

  struct hal* hal_;
  std::uint32_t posted_ = 0;
};

int run_software(struct hal* hal, std::uint64_t finished) {
  Software software(hal);
  software.run();
  *reinterpret_cast<bool*>(finished) = software.finished;
  return 0;
}

TEST(FaultPaths, APoisonedReadReachesTheSoftwareAndTheSystemGoesOn) {
  bool finished = false;
  hbm::HbmConfig config = hbm::test::load_preset("hbm2_2gbps_dramsys");
  interconnect::Bus bus("bus", bus_config());
  memory::Memory ram("ram", {.bytes = kRamBytes, .access_ps = 5'000, .bandwidth_gbps = 64.0}, true);
  hbm::HbmController hbm("hbm", config, nullptr);
  dma::DmaConfig dma_config;
  dma_config.port.max_burst_bytes = 1024;
  dma::DmaEngine dma("dma", dma_config);
  cpu::NativeCpu cpu("cpu", {}, run_software, reinterpret_cast<std::uint64_t>(&finished));
  sc_core::sc_signal<bool> dma_irq("dma_irq"), cpu_irq("cpu_irq");
  cpu.socket.bind(bus.initiator_port("cpu"));
  dma.memory.socket.bind(bus.initiator_port("dma"));
  bus.target_port("ram").bind(ram.socket);
  bus.target_port("hbm").bind(hbm.memory);
  bus.target_port("dma").bind(dma.registers.socket);
  bus.target_port("hbm_registers").bind(hbm.registers.socket);
  dma.irq.bind(dma_irq);
  cpu.external_interrupt.bind(cpu_irq);
  sc_core::sc_start();

  EXPECT_TRUE(finished);
  PurposeCounters at_hbm = hbm.read_by_purpose();
  at_hbm += hbm.written_by_purpose();
  EXPECT_EQ(at_hbm, bus.bytes_to("hbm"));
  EXPECT_GT(at_hbm[Purpose::kKvRead], 0u);
}

}  // namespace
}  // namespace prism
