// SPDX-License-Identifier: Apache-2.0
#include "platform/config/parse.h"

namespace prism::config {
namespace {

using photonic::AdcConfig;
using photonic::AdcRange;
using photonic::CalibrationConfig;
using photonic::ChannelPlanConfig;
using photonic::DetectorConfig;
using photonic::DriveConfig;
using photonic::Fault;
using photonic::FaultKind;
using photonic::LinkConfig;
using photonic::OffsetCorrection;
using photonic::PhysicsConfig;
using photonic::QuantiseIn;
using photonic::QueryConfig;
using photonic::QueryEncoding;
using photonic::RingConfig;
using photonic::SignaturePlacement;
using photonic::SignatureStoreConfig;
using photonic::ThermalConfig;
using photonic::WeightScaling;

RingConfig parse_ring(const Section& section) {
  return {.wavelength_nm = section.number("wavelength_nm"),
          .q = section.number("q"),
          .extinction_db = section.number("extinction_db"),
          .radius_um = section.number("radius_um"),
          .group_index = section.number("group_index"),
          .vernier_fsr_nm = section.number("vernier_fsr_nm"),
          .tuning_pm_per_v = section.number("tuning_pm_per_v"),
          .pitch_um = section.number("pitch_um")};
}

ChannelPlanConfig parse_channels(const Section& section) {
  return {.spacing_nm = section.number("spacing_nm"),
          .crosstalk = section.flag("crosstalk"),
          .strict = section.flag("strict")};
}

DriveConfig parse_drive(const Section& section) {
  return {.quantise_in = section.choice<QuantiseIn>(
              "quantise_in", {{"voltage", QuantiseIn::kVoltage}, {"weight", QuantiseIn::kWeight}}),
          .bits = section.u32("bits"),
          .min_volts = section.number("min_volts"),
          .max_volts = section.number("max_volts"),
          .scaling = section.choice<WeightScaling>("scaling", {{"unit", WeightScaling::kUnit},
                                                               {"symmetric", WeightScaling::kSymmetric},
                                                               {"full_range", WeightScaling::kFullRange}}),
          .weight_drift_sigma = section.number("weight_drift_sigma")};
}

CalibrationConfig parse_calibration(const Section& section) {
  return {.fabrication_sigma_pm = section.number("fabrication_sigma_pm"),
          .trim_range_pm = section.number("trim_range_pm"),
          .residual_sigma_pm = section.number("residual_sigma_pm"),
          .ageing_pm_per_sqrt_s = section.number("ageing_pm_per_sqrt_s")};
}

ThermalConfig parse_thermal(const Section& section) {
  return {.ambient_sigma_k = section.number("ambient_sigma_k"),
          .ambient_time_us = section.number("ambient_time_us"),
          .cooler_gain = section.number("cooler_gain"),
          .gradient_sigma_mk = section.number("gradient_sigma_mk"),
          .gradient_time_us = section.number("gradient_time_us"),
          .correlation_um = section.number("correlation_um"),
          .cell_rows = section.u32("cell_rows"),
          .cell_rings = section.u32("cell_rings"),
          .step_us = section.number("step_us"),
          .thermo_optic_per_k = section.number("thermo_optic_per_k")};
}

LinkConfig parse_link(const Section& section) {
  return {.laser_dbm = section.number("laser_dbm"),
          .comb_loss_db = section.number("comb_loss_db"),
          .fibre_chip_db = section.number("fibre_chip_db"),
          .modulator_db = section.number("modulator_db"),
          .splitter_excess_db = section.number("splitter_excess_db"),
          .waveguide_cm = section.number("waveguide_cm"),
          .waveguide_db_per_cm = section.number("waveguide_db_per_cm"),
          .ring_insertion_db = section.number("ring_insertion_db"),
          .chip_detector_db = section.number("chip_detector_db")};
}

QueryConfig parse_query(const Section& section) {
  return {
      .encoding = section.choice<QueryEncoding>("encoding", {{"signed_ideal", QueryEncoding::kSignedIdeal},
                                                             {"offset", QueryEncoding::kOffset},
                                                             {"two_pass", QueryEncoding::kTwoPass}}),
      .correction = section.choice<OffsetCorrection>(
          "correction",
          {{"computed", OffsetCorrection::kComputed}, {"measured", OffsetCorrection::kMeasured}}),
      .dac_bits = section.u32("dac_bits")};
}

DetectorConfig parse_detector(const Section& section) {
  return {.responsivity_a_per_w = section.number("responsivity_a_per_w"),
          .load_ohm = section.number("load_ohm"),
          .bandwidth_ghz = section.number("bandwidth_ghz"),
          .temperature_k = section.number("temperature_k"),
          .nep_pw_per_sqrt_hz = section.number("nep_pw_per_sqrt_hz"),
          .shot_noise = section.flag("shot_noise"),
          .thermal_noise = section.flag("thermal_noise"),
          .nep_noise = section.flag("nep_noise")};
}

AdcConfig parse_adc(const Section& section) {
  return {.bits = section.u32("bits"),
          .range = section.choice<AdcRange>(
              "range", {{"full_scale", AdcRange::kFullScale}, {"automatic", AdcRange::kAutomatic}}),
          .full_scale = section.number("full_scale"),
          .headroom = section.number("headroom")};
}

Fault parse_fault(const Section& section) {
  return {.kind = section.choice<FaultKind>("kind", {{"dead_row", FaultKind::kDeadRow},
                                                     {"dead_ring", FaultKind::kDeadRing},
                                                     {"stuck_ring", FaultKind::kStuckRing}}),
          .row = section.u32("row"),
          .ring = section.u32("ring"),
          .weight = section.number("weight")};
}

PhysicsConfig parse_physics(const Section& section) {
  PhysicsConfig config{.spare_rows = section.u32("spare_rows"),
                       .ring = parse_ring(section.child("ring")),
                       .channels = parse_channels(section.child("channels")),
                       .drive = parse_drive(section.child("drive")),
                       .calibration = parse_calibration(section.child("calibration")),
                       .thermal = parse_thermal(section.child("thermal")),
                       .link = parse_link(section.child("link")),
                       .query = parse_query(section.child("query")),
                       .detector = parse_detector(section.child("detector")),
                       .adc = parse_adc(section.child("adc")),
                       .faults = {}};
  for (const Section& item : section.items("faults")) config.faults.push_back(parse_fault(item));
  return config;
}

SignatureStoreConfig parse_store(const Section& section) {
  return {.placement =
              section.choice<SignaturePlacement>("placement", {{"hbm", SignaturePlacement::kHbm},
                                                               {"sram", SignaturePlacement::kSram},
                                                               {"resident", SignaturePlacement::kResident}}),
          .capacity_bytes = section.u64("capacity_bytes"),
          .port_bytes = section.u32("port_bytes"),
          .clock_mhz = section.number("clock_mhz"),
          .latency_ns = section.number("latency_ns"),
          .read_pj_per_byte = section.number("read_pj_per_byte"),
          .leakage_mw_per_mib = section.number("leakage_mw_per_mib"),
          .area_mm2_per_mib = section.number("area_mm2_per_mib")};
}

}  // namespace

photonic::PhotonicConfig parse_photonic(const Section& section) {
  return {.rows = section.u32("rows"),
          .wavelengths = section.u32("wavelengths"),
          .max_blocks = section.u32("max_blocks"),
          .dac_ps = section.ns("dac_ns"),
          .modulator_ps = section.ns("modulator_ns"),
          .optics_ps = section.ns("optics_ns"),
          .ring_decay_ps = section.ns("ring_decay_ns"),
          .detector_ps = section.ns("detector_ns"),
          .adc_ps = section.ns("adc_ns"),
          .top_k_ps = section.ns("top_k_ns"),
          .page_reprogram_ps = section.ns("page_reprogram_ns"),
          .page_through_dacs = section.flag("page_through_dacs"),
          .weight_dacs = section.u32("weight_dacs"),
          .weight_settle_ps = section.ns("weight_settle_ns"),
          .laser_mw = section.number("laser_mw"),
          .driver_mw = section.number("driver_mw"),
          .dac_mw = section.number("dac_mw"),
          .modulator_mw = section.number("modulator_mw"),
          .detector_mw = section.number("detector_mw"),
          .adc_mw = section.number("adc_mw"),
          .top_k_mw = section.number("top_k_mw"),
          .cooler_mw = section.number("cooler_mw"),
          .laser_always_on = section.flag("laser_always_on"),
          .ring_switch_fj = section.number("ring_switch_fj"),
          .queue_depth = section.u32("queue_depth"),
          .calibration_row_ps = section.ns("calibration_row_ns"),
          .register_access_ps = section.ns("register_access_ns"),
          .port = parse_burst_port(section.child("port")),
          .physics = parse_physics(section),
          .store = parse_store(section.child("store"))};
}

}  // namespace prism::config
