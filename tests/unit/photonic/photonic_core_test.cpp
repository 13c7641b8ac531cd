// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "prism/hw/photonic.h"
#include "prism/hw/semaphores.h"
#include "tests/unit/photonic/core_fixture.h"

namespace prism::photonic {
namespace {

TEST_F(PhotonicCoreTest, IdentityAndResetState) {
  bus.run([this] {
    EXPECT_EQ(bus.get32(PHOTONIC_ID), PHOTONIC_ID_VALUE);
    EXPECT_EQ(bus.get32(PHOTONIC_ROWS), 256u);
    EXPECT_EQ(bus.get32(PHOTONIC_WAVELENGTHS), 32u);
    EXPECT_EQ(bus.get32(PHOTONIC_MAX_BLOCKS), 8192u);
    EXPECT_EQ(bus.get32(PHOTONIC_STATUS), 0u);
    EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), PHOTONIC_NO_CONTEXT);
    EXPECT_EQ(bus.get64(PHOTONIC_EVALUATIONS), 0u);
    EXPECT_EQ(bus.write32(PHOTONIC_ID, 0), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(bus.write32(PHOTONIC_RESULTS, 0), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(bus.write32(0x0F00, 0), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_FALSE(irq.read());
  });
}

TEST_F(PhotonicCoreTest, LoadsAndRanks) {
  prepare(200);
  bus.run([this] {
    enable_interrupts();
    start_load(200, 77);
    EXPECT_EQ(bus.get32(PHOTONIC_STATUS), PHOTONIC_STATUS_BUSY | PHOTONIC_STATUS_LOADING);
    EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), PHOTONIC_NO_CONTEXT);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_LOADED);
    EXPECT_EQ(bus.get32(PHOTONIC_STATUS), PHOTONIC_STATUS_LOADED);
    EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), 77u);
    EXPECT_EQ(bus.get64(PHOTONIC_LOADS), 1u);
    EXPECT_EQ(bus.get64(PHOTONIC_BYTES_LOADED), 200u * 64);
    EXPECT_EQ(memory.bytes_of(Purpose::kBankReload, false), 200u * 64);

    start_rank(32);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(results(), reference(200, 32));
    EXPECT_EQ(bus.get64(PHOTONIC_EVALUATIONS), 1u);
    EXPECT_EQ(memory.bytes_of(Purpose::kDescriptors, true), 0u);  // no write-back was asked for

    start_rank(200);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(results(), reference(200, 200));

    // Fewer blocks than are loaded: only those compete.
    EXPECT_OK(bus.write32(PHOTONIC_SIGNATURE_COUNT, 50));
    start_rank(10);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(results(), reference(50, 10));
  });
}

TEST_F(PhotonicCoreTest, WritesIndicesBackAndNothingElse) {
  prepare(100);
  std::fill(memory.bytes.begin() + (kResults - kMemoryBase - 64), memory.bytes.end(), std::byte{0xA5});
  bus.run([this] {
    enable_interrupts();
    load(100);
    start_rank(17, kResults);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    const auto expected = reference(100, 17);
    EXPECT_EQ(results(), expected);
    for (std::uint32_t i = 0; i < 17; ++i) {
      EXPECT_EQ(memory.get<std::uint32_t>(kResults + i * 4), expected[i].index);
    }
    EXPECT_EQ(memory.get<std::uint32_t>(kResults - 4), 0xA5A5A5A5u);
    EXPECT_EQ(memory.get<std::uint32_t>(kResults + 17 * 4), 0xA5A5A5A5u);
    EXPECT_EQ(memory.bytes_of(Purpose::kDescriptors, true), 17u * 4);
  });
}

TEST_F(PhotonicCoreTest, TimesOfLoadAndRankFollowTheClosedForms) {
  prepare(1024);
  bus.run([this] {
    enable_interrupts();
    start_load(1024);
    Picoseconds start = now_ps();  // CONTROL's access has taken its time since the command began
    sc_core::wait(irq.posedge_event());
    // 64 KiB at 100 GB/s, 50 ns latency, then 1024 * 32 rings through 1024 DACs at 1 ns.
    EXPECT_EQ(now_ps() - start + 5000, 655'360 + 50'000 + 32'000);
    EXPECT_OK(bus.write32(PHOTONIC_IRQ_STATUS, kAllInterrupts));

    start_rank(8);
    start = now_ps();
    sc_core::wait(irq.posedge_event());
    EXPECT_EQ(now_ps() - start + 5000, 4 * 8900 + 3 * 4000);  // four pages of 256 rows
  });
}

TEST_F(PhotonicCoreTest, QueryAndArgumentsAreLatched) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    load(100);
    start_rank(5);
    EXPECT_OK(bus.write32(PHOTONIC_QUERY, 0));
    EXPECT_OK(bus.write32(PHOTONIC_K, 3));
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(results(), reference(100, 5));
  });
}

TEST_F(PhotonicCoreTest, DisabledInterruptsOnlyShowInTheStatus) {
  prepare(10);
  bus.run([this] {
    EXPECT_OK(bus.write32(PHOTONIC_IRQ_ENABLE, PHOTONIC_IRQ_RANKED));
    start_load(10);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_MS));
    EXPECT_FALSE(irq.read());
    EXPECT_EQ(bus.get32(PHOTONIC_IRQ_STATUS), PHOTONIC_IRQ_LOADED);
    enable_interrupts();
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_LOADED);
  });
}

TEST_F(PhotonicCoreTest, RefusedCommandsReportTheirErrors) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, 0x8));
    expect_error(PHOTONIC_ERROR_COMMAND);
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_LOAD | PHOTONIC_CONTROL_RANK));
    expect_error(PHOTONIC_ERROR_COMMAND);

    EXPECT_OK(bus.write32(PHOTONIC_SIGNATURE_COUNT, 100));
    start_rank(1);
    expect_error(PHOTONIC_ERROR_NOT_LOADED);

    for (const std::uint32_t count : {0u, 8193u}) {
      start_load(count);
      expect_error(PHOTONIC_ERROR_COUNT);
    }
    load(100);
    EXPECT_EQ(bus.get32(PHOTONIC_ERROR), PHOTONIC_ERROR_NONE);
    for (const std::uint32_t k : {0u, 101u}) {
      start_rank(k);
      expect_error(PHOTONIC_ERROR_K);
      EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), 5u);  // a refused RANK leaves the bank
    }
    for (const std::uint32_t count : {0u, 101u}) {  // more than are loaded
      EXPECT_OK(bus.write32(PHOTONIC_SIGNATURE_COUNT, count));
      start_rank(1);
      expect_error(PHOTONIC_ERROR_COUNT);
    }
    start_load(0);
    expect_error(PHOTONIC_ERROR_COUNT);
    EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), PHOTONIC_NO_CONTEXT);  // a failed LOAD does not
  });
}

TEST_F(PhotonicCoreTest, KIsBoundedByTheResultWindow) {
  prepare(8192);
  bus.run([this] {
    enable_interrupts();
    load(8192);
    start_rank(4097);
    expect_error(PHOTONIC_ERROR_K);
    start_rank(4096);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(results(), reference(8192, 4096));
  });
}

TEST_F(PhotonicCoreTest, QueuedCommandsRunInOrder) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    start_load(100);
    start_rank(4, kResults);
    EXPECT_EQ(bus.get32(PHOTONIC_SUBMITTED), 2u);
    EXPECT_NE(bus.get32(PHOTONIC_STATUS) & PHOTONIC_STATUS_BUSY, 0u);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_LOADED);
    EXPECT_EQ(bus.get32(PHOTONIC_COMPLETED), 1u);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(bus.get32(PHOTONIC_COMPLETED), 2u);
    EXPECT_EQ(bus.get32(PHOTONIC_STATUS), PHOTONIC_STATUS_LOADED);
    EXPECT_EQ(results(), reference(100, 4));
  });
}

TEST_F(PhotonicCoreTest, ACommandTooManyIsRefusedAndTheOthersGoOn) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    EXPECT_OK(bus.write32(PHOTONIC_WAIT, SEMAPHORES_OPERAND(0, 1)));  // holds up the first
    for (std::uint32_t i = 0; i < small_config().queue_depth; ++i) {
      start_load(100);
      EXPECT_OK(bus.write32(PHOTONIC_WAIT, 0));
    }
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_LOAD));
    expect_error(PHOTONIC_ERROR_QUEUE_FULL);
    EXPECT_EQ(bus.get32(PHOTONIC_ERROR_NUMBER), 0u);
    semaphores.add(0, 1);
    while (bus.get32(PHOTONIC_COMPLETED) < small_config().queue_depth) {
      sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    }
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_LOADED);
    EXPECT_EQ(bus.get64(PHOTONIC_LOADS), small_config().queue_depth);
    EXPECT_EQ(bus.get32(PHOTONIC_ERROR), PHOTONIC_ERROR_QUEUE_FULL);
    start_rank(4);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(bus.get32(PHOTONIC_ERROR), PHOTONIC_ERROR_NONE);  // cleared by the accepted command
    EXPECT_EQ(results(), reference(100, 4));
  });
}

TEST_F(PhotonicCoreTest, AFailureEmptiesTheQueueBehindIt) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    start_load(100);
    EXPECT_OK(bus.write64(PHOTONIC_SIGNATURE_ADDRESS, 0));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_LOAD));
    start_rank(4);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_LOADED);
    expect_error(PHOTONIC_ERROR_BUS);
    EXPECT_EQ(bus.get32(PHOTONIC_ERROR_NUMBER), 2u);
    EXPECT_EQ(bus.get32(PHOTONIC_COMPLETED), 3u);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_MS));
    EXPECT_EQ(bus.get32(PHOTONIC_IRQ_STATUS), 0u) << "the ranking never ran";
    EXPECT_EQ(bus.get64(PHOTONIC_EVALUATIONS), 0u);
  });
}

TEST_F(PhotonicCoreTest, EachQueuedRankingHasItsSlotAndItsScores) {
  prepare(64);
  bus.run([this] {
    enable_interrupts();
    load(64);
    const std::vector<Bfloat16> first = query;
    std::vector<Bfloat16> second(query.rbegin(), query.rend());
    EXPECT_OK(bus.write(PHOTONIC_QUERY + 3 * PHOTONIC_QUERY_BYTES, std::as_bytes(std::span(second))));
    EXPECT_OK(bus.write64(PHOTONIC_SCORE_ADDRESS, kResults + 64));
    start_rank(5, kResults);
    EXPECT_OK(bus.write32(PHOTONIC_QUERY_SLOT, 3));
    EXPECT_OK(bus.write64(PHOTONIC_RESULT_ADDRESS, kResults + 128));
    EXPECT_OK(bus.write64(PHOTONIC_SCORE_ADDRESS, kResults + 192));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_RANK));
    while (bus.get32(PHOTONIC_COMPLETED) < 3) take_interrupt();
    for (const std::uint64_t place : {kResults, kResults + 128}) {
      query = place == kResults ? first : second;
      const auto expected = reference(64, 5);
      for (std::uint32_t i = 0; i < 5; ++i) {
        EXPECT_EQ(memory.get<std::uint32_t>(place + i * 4), expected[i].index);
        EXPECT_EQ(memory.get<float>(place + 64 + i * 4), expected[i].score);
      }
    }
    EXPECT_OK(bus.write32(PHOTONIC_QUERY_SLOT, PHOTONIC_QUERY_SLOT_COUNT));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_RANK));
    expect_error(PHOTONIC_ERROR_SLOT);
  });
}

TEST_F(PhotonicCoreTest, BusErrorWhileLoadingLeavesNoBank) {
  prepare(1000);
  bus.run([this] {
    enable_interrupts();
    load(1000);
    memory.faults.push_back({kSignatures + 30'000, kSignatures + 30'001, true, true});
    start_load(1000);
    expect_error(PHOTONIC_ERROR_BUS);
    EXPECT_EQ(bus.get32(PHOTONIC_STATUS), PHOTONIC_STATUS_ERROR);
    EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), PHOTONIC_NO_CONTEXT);
    start_rank(4);
    expect_error(PHOTONIC_ERROR_NOT_LOADED);
    memory.faults.clear();
    load(1000);
    start_rank(4);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(results(), reference(1000, 4));
  });
}

TEST_F(PhotonicCoreTest, BusErrorWhileWritingBackShowsNoResults) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    load(100);
    start_rank(4, kMemoryBase + kMemoryBytes);
    expect_error(PHOTONIC_ERROR_BUS);
    EXPECT_EQ(bus.get32(PHOTONIC_RESULT_COUNT), 0u);
    EXPECT_NE(bus.get32(PHOTONIC_STATUS) & PHOTONIC_STATUS_LOADED, 0u);
    start_rank(4, ~std::uint64_t{3});  // past the top of the address space
    expect_error(PHOTONIC_ERROR_BUS);
    EXPECT_OK(bus.write64(PHOTONIC_SIGNATURE_ADDRESS, ~std::uint64_t{0}));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_LOAD));
    expect_error(PHOTONIC_ERROR_BUS);
  });
}

TEST_F(PhotonicCoreTest, ResetAbandonsTheRunningCommand) {
  prepare(1024);
  bus.run([this] {
    enable_interrupts();
    start_load(1024, 1);
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_RESET));
    EXPECT_EQ(bus.get32(PHOTONIC_STATUS), 0u);
    // A command that follows at once runs after the abandoned one's bursts, and alone counts.
    load(300, 2);
    EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), 2u);
    EXPECT_EQ(bus.get64(PHOTONIC_LOADS), 1u);

    start_rank(4, kResults);
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_RESET));
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_MS));
    EXPECT_EQ(bus.get32(PHOTONIC_STATUS), 0u);
    EXPECT_EQ(bus.get32(PHOTONIC_RESULT_COUNT), 0u);
    EXPECT_EQ(bus.get32(PHOTONIC_IRQ_STATUS), 0u);
    EXPECT_EQ(bus.get32(PHOTONIC_LOADED_CONTEXT), PHOTONIC_NO_CONTEXT);
    EXPECT_EQ(memory.bytes_of(Purpose::kDescriptors, true), 0u);
    EXPECT_FALSE(irq.read());
  });
}

TEST_F(PhotonicCoreTest, ReportAgreesWithWhatWasDone) {
  prepare(600);
  bus.run([this] {
    enable_interrupts();
    load(600);
    for (int i = 0; i < 3; ++i) {
      start_rank(8, kResults);
      EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    }
  });
  ModuleStatistics out("photonic");
  device.report(out, 1'000'000);
  const nlohmann::json json = out.to_json();
  EXPECT_EQ(json["rankings"], 3);
  EXPECT_EQ(json["evaluations"], 9);
  EXPECT_EQ(json["page_switches"], 6);
  EXPECT_EQ(json["loads"], 1);
  EXPECT_EQ(json["bytes_loaded"], 600 * 64);
  EXPECT_EQ(json["rings_switched"], 600 * 32 + 3 * 344 * 32);
  EXPECT_EQ(json["errors"], 0);
  EXPECT_EQ(json["bytes_read"]["bank_reload"], 600 * 64);
  EXPECT_EQ(json["bytes_written"]["descriptors"], 3 * 8 * 4);
  EXPECT_DOUBLE_EQ(json["programming_ns"], 19.0);             // ceil(18.75)
  EXPECT_DOUBLE_EQ(json["loading_ns"], 384.0 + 50.0 + 19.0);  // 100 GB/s, latency
  EXPECT_DOUBLE_EQ(json["evaluating_ns"], 3 * (3 * 8.9 + 2 * 4.0));
  EXPECT_DOUBLE_EQ(json["ranking_ns"], 3 * (3 * 8.9 + 2 * 4.0 + 50.0 + 0.32));
  EXPECT_DOUBLE_EQ(json["busy_ns"], json["loading_ns"].get<double>() + json["ranking_ns"].get<double>());
  EXPECT_EQ(out.energies().size(), 9u);
}

}  // namespace
}  // namespace prism::photonic
