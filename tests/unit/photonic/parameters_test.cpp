// SPDX-License-Identifier: Apache-2.0
// Bad parameters: one line that names the parameter, what was found and what was expected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <stdexcept>

#include "models/photonic/photonic_ranker.h"
#include "models/photonic/photonic_timing.h"

namespace prism::photonic {
namespace {

template <class Make>
std::string message_of(const Make& make) {
  try {
    make();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

struct Bad {
  std::function<void(PhysicsConfig&)> set;
  const char* message;
};

TEST(Parameters, OfThePhysics) {
  const Bad all[] = {
      {[](auto& c) { c.ring.q = 0.0; }, "ring.q: found 0, expected a number above 0"},
      {[](auto& c) { c.ring.q = std::numeric_limits<double>::quiet_NaN(); }, "ring.q: found nan"},
      {[](auto& c) { c.ring.q = 10.0; },
       "ring.q: found 10, expected a linewidth below the free spectral range"},
      {[](auto& c) { c.ring.extinction_db = -1.0; }, "ring.extinction_db: found -1"},
      {[](auto& c) { c.ring.group_index = 0.0; }, "ring.group_index: found 0"},
      {[](auto& c) { c.channels.spacing_nm = -1.6; }, "channels.spacing_nm: found -1.6"},
      {[](auto& c) { c.channels.strict = true; },
       "channels.spacing_nm: found 1.6 nm x 32 channels in a free"},
      {[](auto& c) { c.drive.max_volts = 5, c.drive.bits = 17; },
       "drive.bits: found 17, expected 0 (continuous) to"},
      {[](auto& c) { c.drive.bits = 5; }, "drive.max_volts: found 0, expected a finite range"},
      {[](auto& c) { c.drive.max_volts = 5, c.drive.min_volts = 6; }, "drive.min_volts: found 6"},
      {[](auto& c) { c.drive.max_volts = 2; },
       "drive.max_volts: found 2, expected a drive that reaches weights of"},
      {[](auto& c) { c.drive.weight_drift_sigma = 0.1; },
       "drive.weight_drift_sigma: found 0.1, expected 0 unless"},
      {[](auto& c) { c.drive.quantise_in = QuantiseIn::kWeight, c.channels.crosstalk = true; },
       "drive.quantise_in: found weight, expected voltage"},
      {[](auto& c) { c.calibration.residual_sigma_pm = -1; }, "calibration.residual_sigma_pm: found -1"},
      {[](auto& c) { c.thermal.gradient_sigma_mk = 1, c.thermal.cell_rows = 48; },
       "thermal.cell_rows: found 48, expected a divisor of the 256 rows"},
      {[](auto& c) { c.thermal.gradient_sigma_mk = 1, c.thermal.cell_rings = 5; },
       "thermal.cell_rings: found 5, expected a divisor of the 32 wavelengths"},
      {[](auto& c) { c.thermal.cooler_gain = -1; }, "thermal.cooler_gain: found -1"},
      {[](auto& c) { c.thermal.step_us = 0; }, "thermal.step_us: found 0"},
      {[](auto& c) { c.link.modulator_db = -3; }, "link.modulator_db: found -3, expected 0 or more"},
      {[](auto& c) { c.query.dac_bits = 17; }, "query.dac_bits: found 17"},
      {[](auto& c) { c.detector.load_ohm = 0; }, "detector.load_ohm: found 0"},
      {[](auto& c) { c.adc.bits = 99; }, "adc.bits: found 99"},
      {[](auto& c) { c.adc.headroom = 0; }, "adc.headroom: found 0"},
      {[](auto& c) {
         c.faults = {{FaultKind::kDeadRow, 256}};
       },
       "faults.row: found 256, expected a physical row below 256"},
      {[](auto& c) {
         c.faults = {{FaultKind::kDeadRing, 0, 32}};
       },
       "faults.ring: found 32, expected a ring below 32"},
      {[](auto& c) {
         c.faults = {{FaultKind::kStuckRing, 0, 0, 1.5}};
       },
       "faults.weight: found 1.5"},
  };
  for (const Bad& bad : all) {
    PhysicsConfig config;
    bad.set(config);
    EXPECT_THAT(message_of([&] { PhotonicRanker(256, 32, config); }), testing::StartsWith(bad.message));
  }
  EXPECT_EQ(message_of([] { PhotonicRanker(0, 32, {}); }), "rows: found 0, expected at least 1");
  EXPECT_EQ(message_of([] { PhotonicRanker(256, 0, {}); }), "wavelengths: found 0, expected at least 1");
}

TEST(Parameters, OfTimeAndEnergy) {
  const auto message = [](auto set) {
    PhotonicConfig config;
    set(config);
    return message_of([&] { PhotonicTiming timing(config); });
  };
  EXPECT_EQ(message([](auto&) {}), "accepted");
  EXPECT_EQ(message([](auto& c) { c.rows = 0; }), "rows: found 0, expected at least 1");
  EXPECT_EQ(message([](auto& c) { c.weight_dacs = 0; }), "weight_dacs: found 0, expected at least 1");
  EXPECT_EQ(message([](auto& c) { c.laser_mw = -1; }), "laser_mw: found -1, expected 0 or more");
  EXPECT_EQ(message([](auto& c) { c.adc_ps = -5; }), "adc_ns: found -0.005, expected 0 or more");
  EXPECT_EQ(message([](auto& c) { c.store.port_bytes = 0; }),
            "store.port_bytes: found 0, expected at least 1");
  EXPECT_EQ(message([](auto& c) {
              c.store.placement = SignaturePlacement::kSram;
              c.store.contexts = 112;
            }),
            "store.capacity_bytes: found 8388608, expected at least 58720256 for 112 banks");
}

}  // namespace
}  // namespace prism::photonic
