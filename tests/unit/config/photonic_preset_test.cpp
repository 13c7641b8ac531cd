// SPDX-License-Identifier: Apache-2.0
#include "platform/config/photonic_preset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "platform/config/parse.h"
#include "platform/config/schema.h"

namespace prism::config {
namespace {

using namespace photonic;

const std::filesystem::path kConfigs = std::filesystem::path(PRISM_SOURCE_DIR) / "configs";

PhotonicPreset preset_of(const char* name, std::initializer_list<const char*> overrides = {}) {
  ConfigTree tree = ConfigTree::load(kConfigs / "photonic" / (std::string(name) + ".json"), {kConfigs});
  for (const char* assignment : overrides) tree.set(assignment);
  return parse_photonic_preset(tree);
}

/// Every value of the physics as text, in one fixed order.
std::string text_of(const PhysicsConfig& c) {
  std::ostringstream out;
  out.precision(17);
  const auto add = [&out](auto... values) { ((out << +values << ' '), ...); };
  const auto code = [](auto value) { return static_cast<int>(value); };
  add(c.spare_rows, c.ring.wavelength_nm, c.ring.q, c.ring.extinction_db, c.ring.radius_um,
      c.ring.group_index, c.ring.vernier_fsr_nm, c.ring.tuning_pm_per_v, c.ring.pitch_um);
  add(c.channels.spacing_nm, c.channels.crosstalk, c.channels.strict);
  add(code(c.drive.quantise_in), c.drive.bits, c.drive.min_volts, c.drive.max_volts, code(c.drive.scaling),
      c.drive.weight_drift_sigma);
  add(c.calibration.fabrication_sigma_pm, c.calibration.trim_range_pm, c.calibration.residual_sigma_pm,
      c.calibration.ageing_pm_per_sqrt_s);
  add(c.thermal.ambient_sigma_k, c.thermal.ambient_time_us, c.thermal.cooler_gain,
      c.thermal.gradient_sigma_mk, c.thermal.gradient_time_us, c.thermal.correlation_um, c.thermal.cell_rows,
      c.thermal.cell_rings, c.thermal.step_us, c.thermal.thermo_optic_per_k);
  add(c.link.laser_dbm, c.link.comb_loss_db, c.link.fibre_chip_db, c.link.modulator_db,
      c.link.splitter_excess_db, c.link.waveguide_cm, c.link.waveguide_db_per_cm, c.link.ring_insertion_db,
      c.link.chip_detector_db);
  add(code(c.query.encoding), code(c.query.correction), c.query.dac_bits);
  add(c.detector.responsivity_a_per_w, c.detector.load_ohm, c.detector.bandwidth_ghz,
      c.detector.temperature_k, c.detector.nep_pw_per_sqrt_hz, c.detector.shot_noise,
      c.detector.thermal_noise, c.detector.nep_noise);
  add(c.adc.bits, code(c.adc.range), c.adc.full_scale, c.adc.headroom);
  for (const Fault& fault : c.faults) add(code(fault.kind), fault.row, fault.ring, fault.weight);
  return out.str();
}

/// The rest of the core.
std::string text_of(const PhotonicConfig& c) {
  std::ostringstream out;
  out.precision(17);
  const auto add = [&out](auto... values) { ((out << +values << ' '), ...); };
  add(c.rows, c.wavelengths, c.max_blocks, c.dac_ps, c.modulator_ps, c.optics_ps, c.ring_decay_ps,
      c.detector_ps, c.adc_ps, c.top_k_ps, c.page_reprogram_ps, c.page_through_dacs, c.weight_dacs,
      c.weight_settle_ps);
  add(c.laser_mw, c.driver_mw, c.dac_mw, c.modulator_mw, c.detector_mw, c.adc_mw, c.top_k_mw, c.cooler_mw,
      c.laser_always_on, c.ring_switch_fj, c.queue_depth, c.calibration_row_ps, c.register_access_ps,
      c.port.max_burst_bytes, c.port.max_outstanding);
  add(static_cast<int>(c.store.placement), c.store.capacity_bytes, c.store.port_bytes, c.store.clock_mhz,
      c.store.latency_ns, c.store.read_pj_per_byte, c.store.leakage_mw_per_mib, c.store.area_mm2_per_mib);
  return out.str() + text_of(c.physics);
}

/// Another value of the same type.
nlohmann::json changed(const nlohmann::json& value) {
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number_integer()) return value.get<int>() + 1;
  if (value.is_number()) return value.get<double>() + 0.5;
  static const std::map<std::string, std::string> kOther = {
      {"voltage", "weight"},    {"full_range", "unit"},      {"two_pass", "offset"},
      {"computed", "measured"}, {"automatic", "full_scale"}, {"hbm", "sram"}};
  return kOther.at(value.get<std::string>());
}

TEST(PhotonicPreset, EveryKeyReachesTheCore) {
  const nlohmann::json complete = preset_of("physical").resolved;
  const auto text = [](const nlohmann::json& json) {
    return text_of(parse_photonic(Section(json, "", nullptr)));
  };
  std::set<std::string> texts = {text(complete)};
  const std::vector<std::string> keys = Schema::of_section("photonic").leaves();
  for (const std::string& key : keys) {
    if (key == "/faults") continue;  // an array: OverridesReachTheStructs
    nlohmann::json other = complete;
    nlohmann::json& value = other.at(nlohmann::json::json_pointer(key));
    value = changed(value);
    EXPECT_TRUE(texts.insert(text(other)).second) << key;
  }
  EXPECT_GT(keys.size(), 80U);
}

TEST(PhotonicPreset, ShippedPresetsAreTheModelsFidelities) {
  EXPECT_EQ(text_of(preset_of("ideal").config.physics), text_of(preset(Fidelity::kIdeal)));
  EXPECT_EQ(text_of(preset_of("paper").config.physics), text_of(preset(Fidelity::kPaper)));
  EXPECT_EQ(text_of(preset_of("physical").config.physics), text_of(preset(Fidelity::kPhysical)));
}

TEST(PhotonicPreset, EveryPresetReplacesEveryOther) {
  for (const char* first : {"ideal", "paper", "physical"}) {
    for (const char* then : {"ideal", "paper", "physical"}) {
      const std::string extends = std::string("extends=photonic/") + then;
      const PhotonicPreset replaced = preset_of(first, {extends.c_str()});
      EXPECT_EQ(text_of(replaced.config.physics), text_of(preset_of(then).config.physics))
          << first << " " << then;
      EXPECT_EQ(replaced.config.laser_mw, preset_of(then).config.laser_mw);
      EXPECT_EQ(replaced.config.page_through_dacs, preset_of(then).config.page_through_dacs);
    }
  }
}

TEST(PhotonicPreset, OverridesApplyInTheirOrder) {
  EXPECT_EQ(
      preset_of("ideal", {"extends=photonic/physical", "drive.max_volts=3"}).config.physics.drive.max_volts,
      3.0);
  EXPECT_EQ(
      preset_of("ideal", {"drive.max_volts=3", "extends=photonic/physical"}).config.physics.drive.max_volts,
      5.0);
}

TEST(PhotonicPreset, OverridesReachTheStructs) {
  const PhotonicConfig config =
      preset_of(
          "ideal",
          {"spare_rows=3",
           "page_through_dacs=true",
           "laser_always_on=true",
           "queue_depth=2",
           "calibration_row_ns=7",
           "ring.q=20000",
           "channels.strict=true",
           "channels.spacing_nm=1.5",
           "drive.quantise_in=voltage",
           "drive.scaling=unit",
           "thermal.cell_rows=16",
           "link.comb_loss_db=6",
           "query.encoding=offset",
           "query.correction=measured",
           "detector.shot_noise=true",
           "adc.range=full_scale",
           "store.placement=sram",
           "store.port_bytes=128",
           "store.capacity_bytes=1048576",
           R"(faults=[{"kind": "stuck_ring", "row": 5, "ring": 2, "weight": -0.5}, {"kind": "dead_row", "row": 1}])"})
          .config;
  EXPECT_EQ(config.physics.spare_rows, 3U);
  EXPECT_TRUE(config.page_through_dacs);
  EXPECT_TRUE(config.laser_always_on);
  EXPECT_EQ(config.queue_depth, 2U);
  EXPECT_EQ(config.calibration_row_ps, 7000);
  EXPECT_EQ(config.physics.ring.q, 20000.0);
  EXPECT_TRUE(config.physics.channels.strict);
  EXPECT_EQ(config.physics.drive.scaling, WeightScaling::kUnit);
  EXPECT_EQ(config.physics.thermal.cell_rows, 16U);
  EXPECT_EQ(config.physics.link.comb_loss_db, 6.0);
  EXPECT_EQ(config.physics.query.encoding, QueryEncoding::kOffset);
  EXPECT_EQ(config.physics.query.correction, OffsetCorrection::kMeasured);
  EXPECT_TRUE(config.physics.detector.shot_noise);
  EXPECT_EQ(config.physics.adc.range, AdcRange::kFullScale);
  EXPECT_EQ(config.store.placement, SignaturePlacement::kSram);
  EXPECT_EQ(config.store.port_bytes, 128U);
  ASSERT_EQ(config.physics.faults.size(), 2U);
  EXPECT_EQ(config.physics.faults[0].kind, FaultKind::kStuckRing);
  EXPECT_EQ(config.physics.faults[0].weight, -0.5);
  EXPECT_EQ(config.physics.faults[1].kind, FaultKind::kDeadRow);
  EXPECT_EQ(config.physics.faults[1].weight, 1.0);  // the default
}

TEST(PhotonicPreset, WarnsOfAnAliasingPlanWhereItMatters) {
  EXPECT_THAT(preset_of("ideal").warnings, testing::IsEmpty());
  EXPECT_THAT(preset_of("physical").warnings,
              testing::ElementsAre(testing::HasSubstr("channels 0 and 31 land 0.4 nm apart")));
  EXPECT_THAT(preset_of("physical", {"channels.spacing_nm=1.55"}).warnings, testing::IsEmpty());
}

TEST(PhotonicPreset, WarnsOfALaserBelowItsLight) {
  EXPECT_THAT(preset_of("physical", {"channels.spacing_nm=1.55", "laser_mw=99"}).warnings,
              testing::ElementsAre(testing::HasSubstr("found 99 mW, expected at least the 100 mW")));
}

TEST(PhotonicPreset, ThePlatformGetsTheWarningsAndTheSeed) {
  ConfigTree tree = ConfigTree::load(kConfigs / "tiny.json", {kConfigs});
  tree.set("photonic.extends=photonic/physical");
  tree.set("seed=9");
  const PlatformConfig config = parse_config(tree);
  EXPECT_EQ(config.warnings.size(), 1U);
  EXPECT_EQ(config.photonic.physics.seed, 9U);
  EXPECT_EQ(config.photonic.rows, 1024U);  // the accelerator's: no preset's affair
}

}  // namespace
}  // namespace prism::config
