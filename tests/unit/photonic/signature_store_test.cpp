// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/signature_store.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace prism::photonic {
namespace {

constexpr std::uint64_t kBank = 512 * 32 * 2;  // 64K tokens of context

TEST(SignatureStore, HbmReadsEveryByteThroughTheBus) {
  const SignatureStore store({}, kBank);
  const SignatureRead read = store.read(kBank);
  EXPECT_EQ(read.hbm_bytes, kBank);
  EXPECT_EQ(read.time, 0);
  EXPECT_EQ(read.energy_pj, 0.0);
  EXPECT_EQ(store.leakage_mw(), 0.0);
  EXPECT_EQ(store.sram_mm2(), 0.0);
}

TEST(SignatureStore, SramReadsThroughItsPort) {
  SignatureStoreConfig config;
  config.placement = SignaturePlacement::kSram;
  config.contexts = 112;
  const SignatureStore store(config, kBank);
  const SignatureRead read = store.read(kBank);
  EXPECT_EQ(read.hbm_bytes, 0u);
  EXPECT_EQ(read.time, ps_from_ns(2.0 + 512));  // 64 bytes a nanosecond
  EXPECT_NEAR(read.energy_pj, 32768.0, 1e-6);
  EXPECT_NEAR(store.leakage_mw(), 80.0, 1e-9);
  EXPECT_NEAR(store.sram_mm2(), 3.6, 1e-9);
  EXPECT_EQ(store.read(65).time, ps_from_ns(4.0));
  config.contexts = 257;
  EXPECT_THROW(SignatureStore(config, kBank), std::invalid_argument);
}

TEST(SignatureStore, ResidentBanksCostAreaAlone) {
  SignatureStoreConfig config;
  EXPECT_NEAR(SignatureStore(config, kBank).rings_mm2(1024, 32, 60.0), 117.96, 0.01);
  config.placement = SignaturePlacement::kResident;
  config.contexts = 112;
  const SignatureStore store(config, kBank);
  EXPECT_EQ(store.read(kBank).hbm_bytes, 0u);
  EXPECT_EQ(store.read(kBank).time, 0);
  EXPECT_NEAR(store.rings_mm2(1024, 32, 60.0), 112 * 117.96, 1.0);
}

}  // namespace
}  // namespace prism::photonic
