// SPDX-License-Identifier: Apache-2.0
// Heap, interrupts, photonic core, HBM counters, console, finisher, status texts.
#include <gtest/gtest.h>

#include <utility>

#include <array>
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

int lower(void* device) {
  auto* raiser = static_cast<Raiser*>(device);
  const bool raised = std::exchange(raiser->raised, false);
  ++raiser->handled;
  return raised ? 1 : 0;
}

TEST(Interrupts, APollFindsWhatNoInterruptTold) {
  FakeMachine machine;
  Raiser device;
  machine.attach(0x30000000, 0x1000, device);  // wired to nothing
  prism_interrupts interrupts{};
  ASSERT_EQ(prism_interrupts_init(&interrupts, machine.handle(), FakeMachine::kPlicBase), PRISM_STATUS_OK);
  ASSERT_EQ(prism_interrupts_attach(&interrupts, 4, lower, &device), PRISM_STATUS_OK);
  device.raised = true;
  EXPECT_EQ(prism_interrupts_wait(&interrupts, machine.time_ns() + 1000), PRISM_STATUS_TIMEOUT);
  EXPECT_EQ(device.handled, 0);

  interrupts.poll_ns = 300;
  const std::uint64_t started = machine.time_ns();
  EXPECT_EQ(prism_interrupts_wait(&interrupts, started + 1000), PRISM_STATUS_OK);
  EXPECT_EQ(device.handled, 1);
  EXPECT_EQ(interrupts.lost, 1u);
  EXPECT_GE(interrupts.lost_ns, 300u);
  EXPECT_LT(machine.time_ns() - started, 1000u);
  // Nothing there: every poll looks in vain, and the deadline holds.
  EXPECT_EQ(prism_interrupts_wait(&interrupts, machine.time_ns() + 1000), PRISM_STATUS_TIMEOUT);
  EXPECT_GT(device.handled, 2);
  EXPECT_EQ(interrupts.lost, 1u);
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

TEST_F(PhotonicDriver, ReadsScores) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  const std::vector<prism_ranked_block> expected = {{7, 0.5f}, {2, 0.25f}, {9, -1.0f}};
  for (std::size_t i = 0; i < expected.size(); ++i) core.set(PHOTONIC_RESULTS + 8 * i, expected[i]);
  core.set(PHOTONIC_RESULT_COUNT, 3u);
  std::array<prism_ranked_block, 2> found{};
  std::uint32_t count = 0;
  ASSERT_EQ(prism_photonic_read_results(&photonic, found.data(), 2, &count), PRISM_STATUS_OK);
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(found[1].index, 2u);
  EXPECT_EQ(found[1].score, 0.25f);
}

TEST_F(PhotonicDriver, StoresOnTheChip) {
  core.set(PHOTONIC_PLACEMENT, PHOTONIC_PLACEMENT_SRAM);
  core.set(PHOTONIC_CONTEXTS, 2u);
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  EXPECT_EQ(prism_photonic_store(&photonic, 2, 0, PRISM_RAM_BASE, 1), PRISM_STATUS_ARGUMENT);
  ASSERT_EQ(prism_photonic_store(&photonic, 1, 0, PRISM_RAM_BASE, 3), PRISM_STATUS_OK);
  EXPECT_EQ(core.on_chip[1].size(), 3u);
  core.fail_command = PHOTONIC_CONTROL_STORE;
  EXPECT_EQ(prism_photonic_store(&photonic, 1, 3, PRISM_RAM_BASE, 1), PRISM_STATUS_PHOTONIC_ERROR);
}

TEST_F(PhotonicDriver, FindsAndRemapsABadRow) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  EXPECT_EQ(photonic.physical_rows, photonic.rows + 2);
  core.set<std::int32_t>(PHOTONIC_HEALTH + 4 * 5, -40000);
  prism_photonic_health health{};
  ASSERT_EQ(prism_photonic_monitor(&photonic, 1000, &health), PRISM_STATUS_OK);
  EXPECT_EQ(health.bad_rows, 1u);
  EXPECT_EQ(health.worst_row, 5u);
  EXPECT_EQ(health.worst_error, -40000);
  ASSERT_EQ(prism_photonic_map_row(&photonic, 0, 5, photonic.rows), PRISM_STATUS_OK);
  EXPECT_EQ(core.mapped_rows.at(0), std::pair(5u, photonic.rows));
  EXPECT_EQ(prism_photonic_map_row(&photonic, 0, 5, photonic.physical_rows), PRISM_STATUS_ARGUMENT);
  core.fail_command = PHOTONIC_CONTROL_MAP_ROW;
  EXPECT_EQ(prism_photonic_map_row(&photonic, 9, 5, 0), PRISM_STATUS_PHOTONIC_ERROR);
  EXPECT_EQ(photonic.error, PHOTONIC_ERROR_ROW);
  ASSERT_EQ(prism_photonic_calibrate(&photonic), PRISM_STATUS_OK);
  EXPECT_EQ(core.calibrations, 1u);
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
  device.set(HBM_REFRESHES, std::uint64_t{55});
  std::uint64_t capacity = 0;
  ASSERT_EQ(prism_hbm_capacity(&hbm, &capacity), PRISM_STATUS_OK);
  EXPECT_EQ(capacity, std::uint64_t{80} << 30);
  prism_hbm_counters counters{};
  ASSERT_EQ(prism_hbm_read_counters(&hbm, &counters), PRISM_STATUS_OK);
  EXPECT_EQ(counters.bytes_read, std::uint64_t{1} << 40);
  EXPECT_EQ(counters.bytes_written, 22u);
  EXPECT_EQ(counters.row_hits, 33u);
  EXPECT_EQ(counters.row_misses, 44u);
  EXPECT_EQ(counters.refreshes, 55u);
  ASSERT_EQ(prism_hbm_clear_counters(&hbm), PRISM_STATUS_OK);
  EXPECT_EQ(device.get(HBM_CONTROL), HBM_CONTROL_CLEAR);
}

TEST(HbmDriver, ReadsErrorsAndTemperature) {
  FakeMachine machine;
  StorageDevice device;
  machine.attach(PRISM_HBM_REGISTERS_BASE, device.storage.size(), device);
  device.set(HBM_ID, HBM_ID_VALUE);
  prism_hbm hbm{};
  ASSERT_EQ(prism_hbm_init(&hbm, machine.handle(), PRISM_HBM_REGISTERS_BASE), PRISM_STATUS_OK);
  device.set(HBM_ECC_CORRECTED, std::uint64_t{1});
  device.set(HBM_ECC_UNCORRECTABLE, std::uint64_t{2});
  device.set(HBM_SCRUBBED, std::uint64_t{3});
  device.set(HBM_SCRUB_CORRECTED, std::uint64_t{4});
  device.set(HBM_SCRUB_UNCORRECTABLE, std::uint64_t{5});
  device.set(HBM_ECC_FIRST_KIND, HBM_ERROR_CORRECTABLE);
  device.set(HBM_ECC_FIRST_ADDRESS, std::uint64_t{0x1122334455});
  device.set(HBM_ECC_FIRST_INITIATOR, std::uint64_t{0x616d64});  // "dma"
  device.set(HBM_ECC_LAST_KIND, HBM_ERROR_UNCORRECTABLE);
  device.set(HBM_ECC_LAST_ADDRESS, std::uint64_t{0x40});
  device.set(HBM_ECC_LAST_INITIATOR, std::uint64_t{0x6867666564636261});
  prism_hbm_ecc ecc{};
  ASSERT_EQ(prism_hbm_read_ecc(&hbm, &ecc), PRISM_STATUS_OK);
  EXPECT_EQ(ecc.corrected, 1u);
  EXPECT_EQ(ecc.uncorrectable, 2u);
  EXPECT_EQ(ecc.scrubbed, 3u);
  EXPECT_EQ(ecc.scrub_corrected, 4u);
  EXPECT_EQ(ecc.scrub_uncorrectable, 5u);
  EXPECT_EQ(ecc.first.kind, HBM_ERROR_CORRECTABLE);
  EXPECT_EQ(ecc.first.address, 0x1122334455u);
  EXPECT_STREQ(ecc.first.initiator, "dma");
  EXPECT_EQ(ecc.last.kind, HBM_ERROR_UNCORRECTABLE);
  EXPECT_STREQ(ecc.last.initiator, "abcdefgh");
  ASSERT_EQ(prism_hbm_clear_ecc(&hbm), PRISM_STATUS_OK);
  EXPECT_EQ(device.get(HBM_CONTROL), HBM_CONTROL_CLEAR_ECC);

  device.set(HBM_TEMPERATURE, -7);
  device.set(HBM_REFRESH_RATE, 2u);
  std::int32_t celsius = 0;
  std::uint32_t rate = 0;
  ASSERT_EQ(prism_hbm_read_temperature(&hbm, &celsius, &rate), PRISM_STATUS_OK);
  EXPECT_EQ(celsius, -7);
  EXPECT_EQ(rate, 2u);
  ASSERT_EQ(prism_hbm_inject_temperature(&hbm, -3), PRISM_STATUS_OK);
  EXPECT_EQ(device.get<std::int32_t>(HBM_INJECT_TEMPERATURE), -3);
  // A device of plain storage reads back what was written: not "done".
  EXPECT_EQ(prism_hbm_inject(&hbm, 64, HBM_ERROR_UNCORRECTABLE), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(device.get<std::uint64_t>(HBM_INJECT_ADDRESS), 64u);
  EXPECT_EQ(prism_hbm_inject(&hbm, 64, HBM_ERROR_NONE), PRISM_STATUS_OK);
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
