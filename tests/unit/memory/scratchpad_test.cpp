// SPDX-License-Identifier: Apache-2.0
#include "models/memory/scratchpad.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/common/burst_port.h"
#include "models/common/sc_time.h"
#include "tests/support/protocol_checker.h"
#include "tests/support/stimulus.h"

namespace prism::memory {
namespace {

constexpr ScratchpadConfig kConfig = {.bytes = 1 << 20,
                                      .banks = 16,
                                      .bank_width_bytes = 64,
                                      .interleave_bytes = 256,
                                      .clock_mhz = 1000.0,
                                      .access_ps = 2'000};

TEST(Scratchpad, BlockingAccessesTakeTheirBankTime) {
  Scratchpad scratchpad("scratchpad", kConfig);
  test::Stimulus master("master");
  master.socket.bind(scratchpad.socket);
  master.run([&] {
    const std::vector<std::byte> data(16'384, std::byte{9});
    EXPECT_OK(master.write(0, data, Purpose::kKvRead));
    EXPECT_EQ(now_ps(), 16'000 + 2'000);
    EXPECT_EQ(master.get32(16'380), 0x09090909u);
    EXPECT_EQ(now_ps(), 18'000 + 1'000 + 2'000);
    std::uint32_t value = 0;
    EXPECT_EQ(master.read32(kConfig.bytes - 2, value), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
  ModuleStatistics statistics("scratchpad");
  scratchpad.report(statistics);
  const nlohmann::json json = statistics.to_json();
  EXPECT_EQ(json["bytes_written"]["kv_read"], 16'384);
  EXPECT_EQ(json["bytes_read"]["other"], 4);
  EXPECT_NEAR(json["busy_ns"].get<double>(), (256.0 + 1.0) / 16.0, 0.001);  // whole picoseconds
  EXPECT_EQ(json["bank_conflicts"], 0);
  EXPECT_EQ(json["errors"], 1);
}

TEST(Scratchpad, BurstsOverlapUpToTheBankBandwidth) {
  Scratchpad scratchpad("scratchpad", kConfig);
  BurstPort port("port", "dma", {.max_burst_bytes = 4096, .max_outstanding = 64});
  test::ProtocolChecker checker("checker");
  port.socket.bind(checker.from_master);
  checker.to_target.bind(scratchpad.socket);
  std::vector<std::byte> data(1 << 18, std::byte{0xAB});
  Picoseconds end = 0;
  sc_core::sc_spawn([&] {
    TransferBatch batch;
    port.run({0, data.size(), data.data(), true, Purpose::kKvRead}, batch);
    EXPECT_TRUE(batch.ok());
    end = now_ps();
  });
  sc_core::sc_start();
  // 64 bursts of 64 lines, 4 in each of 16 banks: the banks stream at 1024 bytes a clock without a gap.
  EXPECT_EQ(end, (1 << 18) / 1024 * 1'000 + 2'000);
  EXPECT_TRUE(std::equal(data.begin(), data.end(), scratchpad.storage().begin()));
  EXPECT_EQ(checker.violations(), std::vector<std::string>{});
  ModuleStatistics statistics("scratchpad");
  scratchpad.report(statistics);
  EXPECT_EQ(statistics.to_json()["bank_conflicts"], 63 * 16);
}

}  // namespace
}  // namespace prism::memory
