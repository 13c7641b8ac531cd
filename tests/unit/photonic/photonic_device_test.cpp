// SPDX-License-Identifier: Apache-2.0
// Signature placements, health, calibration, faults and semaphores of the photonic core.
#include <gtest/gtest.h>

#include <map>

#include "prism/hw/semaphores.h"
#include "tests/unit/photonic/core_fixture.h"

namespace prism::photonic {
namespace {

/// Context c holds the signatures of a bank of its own.
class Prefilled : public SignatureSource {
 public:
  explicit Prefilled(std::uint32_t blocks) : blocks_(blocks) {}
  std::span<const Bfloat16> signatures(std::uint32_t context) const override {
    std::vector<Bfloat16>& values = contexts_[context];
    if (values.empty()) {
      const CounterRandom random(5, context);
      for (std::uint32_t i = 0; i < blocks_ * 32; ++i) {
        values.push_back(
            bf16_from_float(static_cast<float>(CounterRandom::uniform(random.words(i)[0]) - 0.5)));
      }
    }
    return values;
  }

 private:
  std::uint32_t blocks_;
  mutable std::map<std::uint32_t, std::vector<Bfloat16>> contexts_;
};

PhotonicConfig placed(SignaturePlacement placement) {
  PhotonicConfig config = small_config();
  config.store.placement = placement;
  config.store.contexts = 3;
  config.store.context_blocks = 200;
  return config;
}

class StoreTest : public PhotonicCoreTest {
 protected:
  explicit StoreTest(SignaturePlacement placement) : PhotonicCoreTest(placed(placement), &source()) {}

  static const Prefilled& source() {
    static const Prefilled prefilled(128);
    return prefilled;
  }
  std::vector<RankedBlock> reference_of(std::span<const Bfloat16> bank, std::uint32_t blocks) const {
    RankingCore core(32);
    core.load(bank.first(std::size_t{blocks} * 32));
    return core.rank(query, blocks, 8);
  }
  Picoseconds time_of_load(std::uint32_t context, std::uint32_t blocks) {
    const Picoseconds begun = now_ps();
    load(blocks, context);
    return now_ps() - begun;
  }
  void store_block(std::uint32_t context, std::uint32_t block) {
    EXPECT_OK(bus.write64(PHOTONIC_SIGNATURE_ADDRESS, kSignatures));
    EXPECT_OK(bus.write32(PHOTONIC_SIGNATURE_COUNT, 1));
    EXPECT_OK(bus.write32(PHOTONIC_FIRST_BLOCK, block));
    EXPECT_OK(bus.write32(PHOTONIC_BANK_CONTEXT, context));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_STORE));
  }
  /// Ranks what is prefilled, appends the first signature of memory, and ranks again.
  void rank_and_grow() {
    prepare(1);
    bus.run([this] {
      enable_interrupts();
      EXPECT_EQ(bus.get32(PHOTONIC_CONTEXTS), 3u);
      for (const std::uint32_t context : {2u, 0u, 2u}) {
        load(128, context);
        start_rank(8);
        EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
        EXPECT_EQ(results(), reference_of(source().signatures(context), 128));
      }
      EXPECT_EQ(memory.bytes_of(Purpose::kBankReload, false), 0u);
      store_block(2, 128);
      EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_DONE);
      EXPECT_EQ(memory.bytes_of(Purpose::kSignatureWrite, false), 64u);
      std::vector<Bfloat16> bank(source().signatures(2).begin(), source().signatures(2).end());
      bank.insert(bank.end(), signatures.begin(), signatures.end());
      load(129, 2);
      start_rank(8);
      EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
      EXPECT_EQ(results(), reference_of(bank, 129));
    });
  }
  void refuse_what_is_not_there() {
    prepare(1);
    bus.run([this] {
      enable_interrupts();
      start_load(128, 3);
      expect_error(PHOTONIC_ERROR_CONTEXT);
      start_load(129, 1);
      expect_error(PHOTONIC_ERROR_COUNT);
      store_block(1, 129);  // leaves a gap
      expect_error(PHOTONIC_ERROR_COUNT);
      store_block(1, 200);
      expect_error(PHOTONIC_ERROR_COUNT);
      store_block(9, 0);
      expect_error(PHOTONIC_ERROR_CONTEXT);
    });
  }
};

class SramTest : public StoreTest {
 protected:
  SramTest() : StoreTest(SignaturePlacement::kSram) {}
};
class ResidentTest : public StoreTest {
 protected:
  ResidentTest() : StoreTest(SignaturePlacement::kResident) {}
};

TEST_F(SramTest, RanksAndGrowsWithoutReadingMemory) {
  rank_and_grow();
}
TEST_F(SramTest, RefusesWhatIsNotThere) {
  refuse_what_is_not_there();
}
TEST_F(SramTest, ALoadTakesThePortAndTheDacs) {
  bus.run([this] {
    enable_interrupts();
    load(128, 0);
    const PhotonicTiming timing(placed(SignaturePlacement::kSram));
    const Picoseconds floor = timing.signature_read(128).time + timing.programming(128);
    EXPECT_GT(timing.signature_read(128).time, 0);
    const Picoseconds took = time_of_load(1, 128);
    EXPECT_GE(took, floor);
    EXPECT_LE(took, floor + 60'000) << "the register accesses apart";
  });
}
TEST_F(ResidentTest, RanksAndGrowsWithoutReadingMemory) {
  rank_and_grow();
}
TEST_F(ResidentTest, RefusesWhatIsNotThere) {
  refuse_what_is_not_there();
}
TEST_F(ResidentTest, SelectingABankSetsNoRings) {
  bus.run([this] {
    enable_interrupts();
    for (const std::uint32_t context : {0u, 1u, 2u, 0u}) load(128, context);
    EXPECT_EQ(bus.get64(PHOTONIC_LOADS), 0u);
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_CALIBRATE));
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_DONE);
    load(128, 1);
    EXPECT_EQ(bus.get64(PHOTONIC_LOADS), 1u) << "rings follow a calibration when they are programmed";
    load(128, 1);
    EXPECT_EQ(bus.get64(PHOTONIC_LOADS), 1u);
  });
}

TEST_F(PhotonicCoreTest, NothingIsStoredOnTheChipWithSignaturesInHbm) {
  prepare(1);
  bus.run([this] {
    enable_interrupts();
    EXPECT_EQ(bus.get32(PHOTONIC_PLACEMENT), PHOTONIC_PLACEMENT_HBM);
    EXPECT_EQ(bus.get32(PHOTONIC_CONTEXTS), 0u);
    EXPECT_OK(bus.write32(PHOTONIC_SIGNATURE_COUNT, 1));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_STORE));
    expect_error(PHOTONIC_ERROR_COMMAND);
  });
}

class HealthTest : public PhotonicCoreTest {
 protected:
  HealthTest() : PhotonicCoreTest(with_spares()) {}

  static PhotonicConfig with_spares() {
    PhotonicConfig config = small_config();
    config.physics.spare_rows = 2;
    return config;
  }
  void inject(std::uint32_t kind, std::uint32_t row) {
    EXPECT_OK(bus.write32(PHOTONIC_FAULT_KIND, kind));
    EXPECT_OK(bus.write32(PHOTONIC_FAULT_ROW, row));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_INJECT));
  }
  std::uint32_t bad_rows() {
    EXPECT_OK(bus.write32(PHOTONIC_HEALTH_LIMIT, 1000));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_MONITOR));
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_DONE);
    return bus.get32(PHOTONIC_BAD_ROWS);
  }
};

TEST_F(HealthTest, ADeadRowIsFoundAndASpareTakesItsPlace) {
  prepare(200);
  bus.run([this] {
    enable_interrupts();
    EXPECT_EQ(bus.get32(PHOTONIC_PHYSICAL_ROWS), 258u);
    load(200);
    EXPECT_EQ(bad_rows(), 0u);
    const std::uint32_t best = reference(200, 1)[0].index;
    inject(PHOTONIC_FAULT_DEAD_ROW, best);
    EXPECT_EQ(bad_rows(), 1u);
    EXPECT_EQ(bus.get32(PHOTONIC_WORST_ROW), best);
    EXPECT_NE(bus.get32(PHOTONIC_HEALTH + 4 * best), 0u);
    start_rank(200);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_NE(results()[0].index, best) << "no light, no score";

    EXPECT_OK(bus.write32(PHOTONIC_ROW_LOGICAL, best));
    EXPECT_OK(bus.write32(PHOTONIC_ROW_PHYSICAL, 257));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_MAP_ROW));
    load(200);
    EXPECT_EQ(bad_rows(), 0u);
    start_rank(1);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_EQ(results()[0].index, best);
  });
}

TEST_F(HealthTest, RefusesRowsAndFaultsThatAreNotThere) {
  prepare(10);
  bus.run([this] {
    enable_interrupts();
    inject(PHOTONIC_FAULT_DEAD_ROW, 258);
    expect_error(PHOTONIC_ERROR_ROW);
    inject(7, 0);
    expect_error(PHOTONIC_ERROR_ROW);
    EXPECT_OK(bus.write32(PHOTONIC_ROW_LOGICAL, 256));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_MAP_ROW));
    expect_error(PHOTONIC_ERROR_ROW);
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_MONITOR));
    expect_error(PHOTONIC_ERROR_NOT_LOADED);
  });
}

TEST_F(HealthTest, ClearingFaultsMendsTheRow) {
  prepare(10);
  bus.run([this] {
    enable_interrupts();
    load(10);
    inject(PHOTONIC_FAULT_DEAD_ROW, 3);
    EXPECT_EQ(bad_rows(), 1u);
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_CLEAR_FAULTS));
    EXPECT_EQ(bad_rows(), 0u);
  });
}

class SemaphoreOfTheCoreTest : public PhotonicCoreTest {};

TEST_F(SemaphoreOfTheCoreTest, ARankingWaitsAndSignals) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    load(100);
    EXPECT_OK(bus.write32(PHOTONIC_WAIT, SEMAPHORES_OPERAND(1, 2)));
    EXPECT_OK(bus.write32(PHOTONIC_SIGNAL, SEMAPHORES_OPERAND(0, 5)));
    start_rank(4);
    semaphores.add(1, 1);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    EXPECT_EQ(bus.get64(PHOTONIC_EVALUATIONS), 0u);
    semaphores.add(1, 1);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_RANKED);
    EXPECT_TRUE(semaphores.take(0, 5));
    EXPECT_FALSE(semaphores.take(1, 1)) << "the ranking took both";
    EXPECT_EQ(results(), reference(100, 4));

    EXPECT_OK(bus.write32(PHOTONIC_WAIT, SEMAPHORES_OPERAND(4, 1)));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_RANK));
    expect_error(PHOTONIC_ERROR_SLOT);
  });
}

TEST_F(SemaphoreOfTheCoreTest, ResetEndsAWaitAndAFailureDoesNotSignal) {
  prepare(100);
  bus.run([this] {
    enable_interrupts();
    EXPECT_OK(bus.write32(PHOTONIC_WAIT, SEMAPHORES_OPERAND(1, 1)));
    start_load(100);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_RESET));
    EXPECT_OK(bus.write32(PHOTONIC_WAIT, 0));
    EXPECT_OK(bus.write32(PHOTONIC_SIGNAL, SEMAPHORES_OPERAND(2, 1)));
    start_rank(4);
    expect_error(PHOTONIC_ERROR_NOT_LOADED);
    EXPECT_FALSE(semaphores.take(2, 1));
    load(100);
    EXPECT_TRUE(semaphores.take(2, 1));
  });
}

}  // namespace
}  // namespace prism::photonic
