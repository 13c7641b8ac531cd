// SPDX-License-Identifier: Apache-2.0
// Heap, interrupts, photonic core, HBM counters, console, finisher, status texts.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "prism/hw/finisher.h"
#include "prism/hw/hbm.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/plic.h"
#include "prism/hw/uart.h"
#include "tests/firmware/fake_devices.h"
#include "tests/firmware/fake_machine.h"

extern "C" {
#include "prism/drivers/finisher.h"
#include "prism/drivers/hbm.h"
#include "prism/drivers/heap.h"
#include "prism/drivers/photonic.h"
#include "prism/drivers/uart.h"
}

namespace prism::test {
namespace {

constexpr std::uint64_t kTimeoutNs = 10000;

TEST(Heap, AlignsAndRunsOut) {
  prism_heap heap{};
  prism_heap_init(&heap, 0x1004, 0x100);
  std::uint64_t address = 0;
  ASSERT_EQ(prism_heap_allocate(&heap, 10, 64, &address), PRISM_STATUS_OK);
  EXPECT_EQ(address, 0x1040u);
  ASSERT_EQ(prism_heap_allocate(&heap, 1, 1, &address), PRISM_STATUS_OK);
  EXPECT_EQ(address, 0x104Au);
  EXPECT_EQ(prism_heap_allocate(&heap, 0xBA, 1, &address), PRISM_STATUS_NO_MEMORY);
  ASSERT_EQ(prism_heap_allocate(&heap, 0xB9, 1, &address), PRISM_STATUS_OK);  // exactly to the end
  EXPECT_EQ(prism_heap_allocate(&heap, 1, 1, &address), PRISM_STATUS_NO_MEMORY);
  EXPECT_EQ(prism_heap_allocate(&heap, ~std::uint64_t{0}, 64, &address), PRISM_STATUS_NO_MEMORY);
}

TEST(Status, EveryStatusHasItsOwnText) {
  std::set<std::string> texts;
  for (int value = PRISM_STATUS_OK; value <= PRISM_STATUS_PROTOCOL + 1; ++value) {
    texts.insert(status_text(static_cast<prism_status>(value)));
  }
  EXPECT_EQ(texts.size(), PRISM_STATUS_PROTOCOL + 2u);
}

class Raiser : public StorageDevice {
 public:
  bool irq() const override { return raised; }
  bool raised = false;
  int handled = 0;
};

void lower(void* device) {
  auto* raiser = static_cast<Raiser*>(device);
  raiser->raised = false;
  ++raiser->handled;
}

TEST(Interrupts, DispatchesEverythingPendingThenWaits) {
  FakeMachine machine;
  Raiser first;
  Raiser second;
  machine.attach(0x30000000, 0x1000, first, 4);
  machine.attach(0x30001000, 0x1000, second, 31);
  prism_interrupts interrupts{};
  ASSERT_EQ(prism_interrupts_init(&interrupts, machine.handle(), FakeMachine::kPlicBase), PRISM_STATUS_OK);
  ASSERT_EQ(prism_interrupts_attach(&interrupts, 4, lower, &first), PRISM_STATUS_OK);
  ASSERT_EQ(prism_interrupts_attach(&interrupts, 31, lower, &second), PRISM_STATUS_OK);
  EXPECT_EQ(machine.get<std::uint32_t>(FakeMachine::kPlicBase + PLIC_ENABLE(0, 4u)), 1u << 31 | 1u << 4);

  first.raised = second.raised = true;
  EXPECT_EQ(prism_interrupts_wait(&interrupts, machine.time_ns() + 1000), PRISM_STATUS_OK);
  EXPECT_EQ(first.handled, 1);
  EXPECT_EQ(second.handled, 1);
  const std::uint64_t deadline = machine.time_ns() + 1000;
  EXPECT_EQ(prism_interrupts_wait(&interrupts, deadline), PRISM_STATUS_TIMEOUT);
  EXPECT_GE(machine.time_ns(), deadline);
}

TEST(Interrupts, RefusesSourcesWithoutASlot) {
  FakeMachine machine;
  prism_interrupts interrupts{};
  ASSERT_EQ(prism_interrupts_init(&interrupts, machine.handle(), FakeMachine::kPlicBase), PRISM_STATUS_OK);
  EXPECT_EQ(prism_interrupts_attach(&interrupts, 0, lower, nullptr), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_interrupts_attach(&interrupts, PRISM_INTERRUPT_SOURCES, lower, nullptr),
            PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_interrupts_init(&interrupts, machine.handle(), 0xDEAD0000), PRISM_STATUS_BUS_FAULT);
}

class PhotonicDriver : public testing::Test {
 protected:
  PhotonicDriver() {
    machine.add_memory(PRISM_RAM_BASE, 4096);
    machine.attach(PRISM_PHOTONIC_BASE, core.storage.size(), core, PRISM_IRQ_PHOTONIC);
    EXPECT_EQ(prism_interrupts_init(&interrupts, machine.handle(), FakeMachine::kPlicBase), PRISM_STATUS_OK);
  }
  prism_status initialize() {
    return prism_photonic_init(&photonic, machine.handle(), PRISM_PHOTONIC_BASE, &interrupts,
                               PRISM_IRQ_PHOTONIC, kTimeoutNs);
  }

  FakeMachine machine;
  FakePhotonic core{machine, 8, 64};
  prism_interrupts interrupts{};
  prism_photonic photonic{};
};

TEST_F(PhotonicDriver, LoadsThenRanks) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  EXPECT_EQ(photonic.wavelengths, 8u);
  EXPECT_EQ(prism_photonic_query_address(&photonic), PRISM_PHOTONIC_BASE + 0x1000);
  ASSERT_EQ(prism_photonic_start_load(&photonic, 5, PRISM_RAM_BASE, 10), PRISM_STATUS_OK);
  EXPECT_TRUE(core.contexts.empty());  // not waited for
  ASSERT_EQ(prism_photonic_wait_load(&photonic), PRISM_STATUS_OK);
  EXPECT_EQ(core.contexts, std::vector<std::uint32_t>{5});
  ASSERT_EQ(prism_photonic_rank(&photonic, 4, PRISM_RAM_BASE + 1024), PRISM_STATUS_OK);
  ASSERT_EQ(core.rankings.size(), 1u);
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ(machine.get<std::uint32_t>(PRISM_RAM_BASE + 1024 + 4 * i), core.rankings[0].best[i]);
  }
}

TEST_F(PhotonicDriver, ReportsErrors) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  EXPECT_EQ(prism_photonic_start_load(&photonic, 0, PRISM_RAM_BASE, 0), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_photonic_start_load(&photonic, 0, PRISM_RAM_BASE, 65), PRISM_STATUS_ARGUMENT);
  core.fail_command = PHOTONIC_CONTROL_LOAD;
  ASSERT_EQ(prism_photonic_start_load(&photonic, 0, PRISM_RAM_BASE, 3), PRISM_STATUS_OK);
  EXPECT_EQ(prism_photonic_wait_load(&photonic), PRISM_STATUS_PHOTONIC_ERROR);
  EXPECT_EQ(photonic.error, PHOTONIC_ERROR_BUS);

  core.fail_command = PHOTONIC_CONTROL_RANK;  // a new command starts clean
  ASSERT_EQ(prism_photonic_start_load(&photonic, 0, PRISM_RAM_BASE, 3), PRISM_STATUS_OK);
  ASSERT_EQ(prism_photonic_wait_load(&photonic), PRISM_STATUS_OK);
  EXPECT_EQ(prism_photonic_rank(&photonic, 1, PRISM_RAM_BASE), PRISM_STATUS_PHOTONIC_ERROR);
}

TEST_F(PhotonicDriver, TimesOut) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  const std::uint64_t start = machine.time_ns();
  EXPECT_EQ(prism_photonic_wait_load(&photonic), PRISM_STATUS_TIMEOUT);  // none was started
  EXPECT_GE(machine.time_ns() - start, kTimeoutNs);
  core.set(PHOTONIC_ID, 1u);
  EXPECT_EQ(initialize(), PRISM_STATUS_NO_DEVICE);
}

TEST(HbmDriver, ReadsAndClearsCounters) {
  FakeMachine machine;
  StorageDevice device;
  machine.attach(PRISM_HBM_REGISTERS_BASE, device.storage.size(), device);
  prism_hbm hbm{};
  EXPECT_EQ(prism_hbm_init(&hbm, machine.handle(), PRISM_HBM_REGISTERS_BASE), PRISM_STATUS_NO_DEVICE);
  device.set(HBM_ID, HBM_ID_VALUE);
  ASSERT_EQ(prism_hbm_init(&hbm, machine.handle(), PRISM_HBM_REGISTERS_BASE), PRISM_STATUS_OK);
  device.set(HBM_CAPACITY, std::uint64_t{80} << 30);
  device.set(HBM_BYTES_READ, std::uint64_t{1} << 40);
  device.set(HBM_BYTES_WRITTEN, std::uint64_t{22});
  device.set(HBM_ROW_HITS, std::uint64_t{33});
  device.set(HBM_ROW_MISSES, std::uint64_t{44});
  std::uint64_t capacity = 0;
  ASSERT_EQ(prism_hbm_capacity(&hbm, &capacity), PRISM_STATUS_OK);
  EXPECT_EQ(capacity, std::uint64_t{80} << 30);
  prism_hbm_counters counters{};
  ASSERT_EQ(prism_hbm_read_counters(&hbm, &counters), PRISM_STATUS_OK);
  EXPECT_EQ(counters.bytes_read, std::uint64_t{1} << 40);
  EXPECT_EQ(counters.bytes_written, 22u);
  EXPECT_EQ(counters.row_hits, 33u);
  EXPECT_EQ(counters.row_misses, 44u);
  ASSERT_EQ(prism_hbm_clear_counters(&hbm), PRISM_STATUS_OK);
  EXPECT_EQ(device.get(HBM_CONTROL), HBM_CONTROL_CLEAR);
}

TEST(UartDriver, WritesEachCharacterWhenThereIsRoom) {
  FakeMachine machine;
  StorageDevice device(PRISM_UART_BYTES);
  machine.attach(PRISM_UART_BASE, PRISM_UART_BYTES, device);
  prism_uart uart{};
  ASSERT_EQ(prism_uart_init(&uart, machine.handle(), PRISM_UART_BASE, kTimeoutNs), PRISM_STATUS_OK);
  device.writes.clear();
  EXPECT_EQ(prism_uart_write(&uart, "hi"), PRISM_STATUS_TIMEOUT);  // the transmitter never empties
  EXPECT_TRUE(device.writes.empty());
  EXPECT_GE(machine.time_ns(), kTimeoutNs);
  device.set<std::uint8_t>(UART_LSR, UART_LSR_TRANSMIT_EMPTY);
  EXPECT_EQ(prism_uart_write(&uart, "hi"), PRISM_STATUS_OK);
  const std::vector<StorageDevice::Write> expected = {{UART_DATA, 'h'}, {UART_DATA, 'i'}};
  EXPECT_EQ(device.writes, expected);
}

TEST(FinisherDriver, EncodesTheExitCode) {
  FakeMachine machine;
  StorageDevice device(PRISM_FINISHER_BYTES);
  machine.attach(PRISM_FINISHER_BASE, PRISM_FINISHER_BYTES, device);
  prism_finisher_exit(machine.handle(), PRISM_FINISHER_BASE, 0);
  EXPECT_EQ(device.get(FINISHER_CONTROL), 0x5555u);
  prism_finisher_exit(machine.handle(), PRISM_FINISHER_BASE, 9);
  EXPECT_EQ(device.get(FINISHER_CONTROL), 0x93333u);
}

}  // namespace
}  // namespace prism::test
