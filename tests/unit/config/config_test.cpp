// SPDX-License-Identifier: Apache-2.0
#include "platform/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prism/hw/memory_map.h"

namespace prism::config {
namespace {

class ConfigTest : public testing::Test {
 protected:
  static PlatformConfig parse(const char* file, std::initializer_list<const char*> overrides = {}) {
    ConfigTree tree = ConfigTree::load(std::filesystem::path(PRISM_SOURCE_DIR) / "configs" / file);
    for (const char* assignment : overrides) tree.set(assignment);
    return parse_config(tree);
  }
};

TEST_F(ConfigTest, TheDecodePresetIsThePapersOperatingPoint) {
  const PlatformConfig config = parse("decode_64k.json");
  EXPECT_EQ(config.name, "decode_64k");
  EXPECT_EQ(config.workload.context_tokens, 65536U);
  EXPECT_EQ(config.policy.name, PolicyName::kPrism);
  EXPECT_EQ(config.policy.k, 32U);
  EXPECT_EQ(config.policy.block_tokens, 128U);
  EXPECT_EQ(config.policy.window_tokens, 0U);
  EXPECT_EQ(config.policy.signature_dimension, 32U);
  EXPECT_EQ(config.photonic.wavelengths, 32U);
  // "about 9 ns" an evaluation: the sum of the stages.
  EXPECT_EQ(config.photonic.evaluation_ps(), 8900);
}

TEST_F(ConfigTest, QwenReadsTheWeightsThatItsParameterCountSays) {
  const workload::ModelShape model = parse("decode_64k.json").workload.model;
  EXPECT_EQ(model.name, "Qwen2.5-7B");
  EXPECT_EQ(model.stored_weight_bytes(), 2 * 7615616512ULL);
  EXPECT_EQ(model.weight_bytes_per_step(), 2 * (7615616512ULL - 152064ULL * 3584));  // 14.14 GB
}

TEST_F(ConfigTest, TheAcceleratorHasFourStacksOfHbm3) {
  const PlatformConfig config = parse("decode_64k.json");
  EXPECT_EQ(config.hbm.organization.capacity_bytes(), 64ULL << 30);
  EXPECT_DOUBLE_EQ(config.hbm.organization.peak_gbps(), 4 * 819.2);
  EXPECT_EQ(config.range("hbm").base, PRISM_HBM_BASE);
  EXPECT_EQ(config.range("hbm").bytes, 64ULL << 30);
  EXPECT_EQ(config.hbm.timing.tCK, 625);
  EXPECT_EQ(config.hbm.timing.tREFI, 3900000);
}

TEST_F(ConfigTest, TheDefaultMapIsTheFirmwares) {
  const PlatformConfig config = parse("tiny.json");
  EXPECT_EQ(config.range("rom").base, PRISM_BOOT_ROM_BASE);
  EXPECT_EQ(config.range("finisher").base, PRISM_FINISHER_BASE);
  EXPECT_EQ(config.range("clint").base, PRISM_CLINT_BASE);
  EXPECT_EQ(config.range("plic").base, PRISM_PLIC_BASE);
  EXPECT_EQ(config.range("uart").base, PRISM_UART_BASE);
  EXPECT_EQ(config.range("photonic").base, PRISM_PHOTONIC_BASE);
  EXPECT_EQ(config.range("dma").base, PRISM_DMA_BASE);
  EXPECT_EQ(config.range("compute").base, PRISM_COMPUTE_BASE);
  EXPECT_EQ(config.range("hbm_registers").base, PRISM_HBM_REGISTERS_BASE);
  EXPECT_EQ(config.range("scratchpad").base, PRISM_SCRATCHPAD_BASE);
  EXPECT_EQ(config.range("ram").base, PRISM_RAM_BASE);
  EXPECT_EQ(config.ram.bytes, config.range("ram").bytes);
  EXPECT_EQ(config.scratchpad.bytes, config.range("scratchpad").bytes);
}

TEST_F(ConfigTest, OverridesReachTheStructs) {
  const PlatformConfig config =
      parse("tiny.json",
            {"seed=7", "policy.name=dense", "workload.batch=3", "hbm.fidelity=detailed",
             "hbm.controller.page_policy=closed", "hbm.timing.tCL_ns=12.5", "dma.channels=2",
             "compute.mac_pj=0.25", "memory_map.dma.base=0x20900000", "memory_map.compute.base=547356672",
             "interconnect.initiators.dma.latency_ns=2.5", "interconnect.arbitration=fixed_priority",
             "photonic.adc_ns=1.5", "cpu.native.call_ns=75", "cpu.clint.tick_ns=50"});
  EXPECT_EQ(config.seed, 7U);
  EXPECT_EQ(config.policy.name, PolicyName::kDense);
  EXPECT_EQ(config.workload.batch, 3U);
  EXPECT_EQ(config.hbm.controller.fidelity, hbm::Fidelity::kDetailed);
  EXPECT_EQ(config.hbm.controller.page_policy, hbm::PagePolicyKind::kClosed);
  EXPECT_EQ(config.hbm.timing.tCL, 12500);
  EXPECT_EQ(config.dma.channels, 2U);
  EXPECT_DOUBLE_EQ(config.compute.mac_pj, 0.25);
  EXPECT_EQ(config.range("dma").base, 0x20900000U);
  EXPECT_EQ(config.range("compute").base, 0x20900000U + 0x100000U);
  EXPECT_EQ(config.bus.initiators.at(2).name, "dma");
  EXPECT_EQ(config.bus.initiators.at(2).latency_ps, 2500);
  EXPECT_EQ(config.bus.arbitration, interconnect::Arbitration::kFixedPriority);
  EXPECT_EQ(config.photonic.adc_ps, 1500);
  EXPECT_EQ(config.cpu.native.call_ps, 75000);
  EXPECT_EQ(config.cpu.clint.tick_ps, 50000);
}

TEST_F(ConfigTest, AnUnknownFigureIsNegative) {
  const PlatformConfig config = parse("tiny.json", {"compute.mac_pj=null", "hbm.energy.activate_pj=null"});
  EXPECT_LT(config.compute.mac_pj, 0);
  EXPECT_LT(config.hbm.energy.activate_pj, 0);
  EXPECT_GT(config.hbm.energy.per_bit_pj, 0);
}

TEST_F(ConfigTest, TheResolvedTreeHoldsDefaultsAndNotes) {
  const PlatformConfig config = parse("tiny.json");
  EXPECT_EQ(config.resolved.at("/dma/list_entries"_json_pointer), 4096);
  EXPECT_EQ(config.resolved.at("/photonic/origin"_json_pointer), "paper");
  EXPECT_FALSE(config.resolved.contains("extends"));
  EXPECT_FALSE(config.resolved.at("hbm").contains("extends"));
}

}  // namespace
}  // namespace prism::config
