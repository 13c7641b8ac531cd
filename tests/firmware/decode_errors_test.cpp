// SPDX-License-Identifier: Apache-2.0
// Jobs that cannot run, and devices that fail in the middle of one.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/firmware/decode_fixture.h"

namespace prism::test {
namespace {

int run_changed(const std::function<void(prism_job&)>& change) {
  DecodeMachine system(DecodeCase{});
  change(system.job);
  const int status = system.run();
  EXPECT_EQ(system.job_after().result, static_cast<std::uint32_t>(status));
  EXPECT_EQ(system.job_after().steps_done, status == PRISM_STATUS_OK ? system.job.steps : 0u);
  return status;
}

TEST(DecodeErrors, RefusesContradictoryJobs) {
  EXPECT_EQ(run_changed([](prism_job&) {}), PRISM_STATUS_OK);
  const std::function<void(prism_job&)> changes[] = {
      [](prism_job& job) { job.magic = 0; },
      [](prism_job& job) { job.version = PRISM_JOB_VERSION + 1; },
      [](prism_job& job) { job.layers = 0; },
      [](prism_job& job) { job.query_heads = 0; },
      [](prism_job& job) { job.query_heads = 7; },  // no multiple of the KV heads
      [](prism_job& job) { job.kv_heads = 0; },
      [](prism_job& job) { job.head_dimension = 0; },
      [](prism_job& job) { job.head_dimension = 1u << 31; },
      [](prism_job& job) { job.batch = 0; },
      [](prism_job& job) { job.block_tokens = 0; },
      [](prism_job& job) { job.chunk_blocks = 0; },
      [](prism_job& job) { job.signature_dimension = 0; },
      [](prism_job& job) { job.signature_dimension = 16; },  // the core has 8 wavelengths
      [](prism_job& job) { job.max_blocks = 0; },
      [](prism_job& job) { job.k = 0; },
      [](prism_job& job) { job.policy = 99; },
      [](prism_job& job) { job.kv_head_stride = job.max_blocks * 512 - 1; },
      [](prism_job& job) { job.signature_head_stride = job.max_blocks * 16 - 1; },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    EXPECT_EQ(run_changed(changes[i]), PRISM_STATUS_BAD_JOB) << "change " << i;
  }
}

TEST(DecodeErrors, RefusesWhatDoesNotFit) {
  EXPECT_EQ(run_changed([](prism_job& job) { job.steps = job.max_blocks * 8 - job.context_tokens; }),
            PRISM_STATUS_OK);
  EXPECT_EQ(run_changed([](prism_job& job) { job.steps = job.max_blocks * 8 - job.context_tokens + 1; }),
            PRISM_STATUS_CONTEXT_TOO_LONG);
  EXPECT_EQ(run_changed([](prism_job& job) { job.steps = 0xFFFFFFFF; }), PRISM_STATUS_CONTEXT_TOO_LONG);
  // Projection 256, activations 320, outputs 192, a signature, two buffers of 1024 bytes; each rounded up to
  // 256.
  EXPECT_EQ(run_changed([](prism_job& job) { job.scratchpad_bytes = 256 + 512 + 256 + 256 + 2048; }),
            PRISM_STATUS_OK);
  EXPECT_EQ(run_changed([](prism_job& job) { job.scratchpad_bytes = 256 + 512 + 256 + 256 + 2047; }),
            PRISM_STATUS_SCRATCHPAD_TOO_SMALL);
  EXPECT_EQ(run_changed([](prism_job& job) { job.chunk_blocks = 65536; }), PRISM_STATUS_SCRATCHPAD_TOO_SMALL);
  EXPECT_EQ(run_changed([](prism_job& job) { job.heap_bytes = 1000; }), PRISM_STATUS_NO_MEMORY);
}

TEST(DecodeErrors, NoStepsIsNoWork) {
  DecodeMachine system(DecodeCase{.steps = 0});
  EXPECT_EQ(system.run(), PRISM_STATUS_OK);
  EXPECT_TRUE(system.compute.executed.empty());
}

TEST(DecodeErrors, AJobNowhereIsABusFault) {
  DecodeMachine system(DecodeCase{});
  EXPECT_EQ(decode_run(system.machine.handle(), 0xDEAD0000), PRISM_STATUS_BUS_FAULT);
}

TEST(DecodeErrors, MissingDevicesAreFound) {
  EXPECT_EQ(run_changed([](prism_job& job) { job.plic_base = 0xDEAD0000; }), PRISM_STATUS_BUS_FAULT);
  EXPECT_EQ(run_changed([](prism_job& job) { job.dma_base = job.compute_base; }), PRISM_STATUS_NO_DEVICE);
  EXPECT_EQ(run_changed([](prism_job& job) { job.compute_base = job.photonic_base; }),
            PRISM_STATUS_NO_DEVICE);
  EXPECT_EQ(run_changed([](prism_job& job) { job.photonic_base = job.dma_base; }), PRISM_STATUS_NO_DEVICE);
}

/// Fails command number `n` for every n that a run has, until one run gets through.
template <typename Fail>
int runs_until_success(int expected_status, Fail fail) {
  for (int n = 0;; ++n) {
    DecodeMachine system(DecodeCase{.context_tokens = 23, .steps = 2, .window_tokens = 8});
    fail(system, static_cast<std::size_t>(n));
    const int status = system.run();
    EXPECT_EQ(system.job_after().result, static_cast<std::uint32_t>(status));
    if (status == PRISM_STATUS_OK) return n;
    EXPECT_EQ(status, expected_status) << "failure at " << n;
    if (status != expected_status) return n;
  }
}

TEST(DecodeErrors, EveryDmaFailureEndsTheRun) {
  // Projection; 8 heads, each: two appends, a listed piece, and after the first block boundary no tail.
  EXPECT_GT(runs_until_success(PRISM_STATUS_DMA_ERROR,
                               [](DecodeMachine& system, std::size_t n) { system.dma.fail_at = n; }),
            30);
}

TEST(DecodeErrors, EveryComputeFailureEndsTheRun) {
  EXPECT_GT(runs_until_success(PRISM_STATUS_COMPUTE_ERROR,
                               [](DecodeMachine& system, std::size_t n) { system.compute.fail_at = n; }),
            30);
}

TEST(DecodeErrors, PhotonicFailuresEndTheRun) {
  for (const std::uint32_t command : {PHOTONIC_CONTROL_LOAD, PHOTONIC_CONTROL_RANK}) {
    DecodeMachine system(DecodeCase{});
    system.photonic.fail_command = command;
    EXPECT_EQ(system.run(), PRISM_STATUS_PHOTONIC_ERROR);
  }
}

std::string printed(const StorageDevice& uart) {
  std::string text;
  for (const StorageDevice::Write& write : uart.writes) {
    if (write.offset == UART_DATA) text += static_cast<char>(write.value);
  }
  return text;
}

TEST(FirmwareMain, PassesSilently) {
  DecodeMachine system(DecodeCase{});
  EXPECT_EQ(system.run_main(), 0);
  EXPECT_EQ(system.finisher.get(FINISHER_CONTROL), 0x5555u);
  EXPECT_EQ(printed(system.uart), "");
}

TEST(FirmwareMain, SaysWhyItFailed) {
  DecodeMachine system(DecodeCase{});
  system.compute.fail_at = 3;
  EXPECT_EQ(system.run_main(), PRISM_STATUS_COMPUTE_ERROR);
  EXPECT_EQ(system.finisher.get(FINISHER_CONTROL), PRISM_STATUS_COMPUTE_ERROR << 16 | 0x3333u);
  EXPECT_EQ(printed(system.uart), "prism: decode failed: compute engine error\n");
}

TEST(FirmwareMain, FindsTheConsoleWithoutAJob) {
  DecodeMachine system(DecodeCase{});
  EXPECT_EQ(prism_firmware_main(system.machine.handle(), 0xDEAD0000), PRISM_STATUS_BUS_FAULT);
  EXPECT_EQ(system.finisher.get(FINISHER_CONTROL), PRISM_STATUS_BUS_FAULT << 16 | 0x3333u);
  EXPECT_EQ(printed(system.uart), "prism: decode failed: bus fault\n");
}

}  // namespace
}  // namespace prism::test
