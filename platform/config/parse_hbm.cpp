// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "platform/config/parse.h"

namespace prism::config {
namespace {

hbm::Organization parse_organization(const Section& section) {
  return {.stacks = section.u32("stacks"),
          .channels = section.u32("channels"),
          .pseudo_channels = section.u32("pseudo_channels"),
          .stack_ids = section.u32("stack_ids"),
          .bank_groups = section.u32("bank_groups"),
          .banks = section.u32("banks"),
          .rows = section.u32("rows"),
          .columns = section.u32("columns"),
          .burst_bytes = section.u32("burst_bytes"),
          .burst_length = section.u32("burst_length"),
          .pseudo_channel_bits = section.u32("pseudo_channel_bits"),
          .data_rate_gbps_per_pin = section.number("data_rate_gbps_per_pin")};
}

hbm::Timing parse_timing(const Section& section) {
  return {.tCK = section.ns("tCK_ns"),
          .tBURST = section.ns("tBURST_ns"),
          .tCL = section.ns("tCL_ns"),
          .tDQSCK = section.ns("tDQSCK_ns"),
          .tCWL = section.ns("tCWL_ns"),
          .tRCDRD = section.ns("tRCDRD_ns"),
          .tRCDWR = section.ns("tRCDWR_ns"),
          .tRP = section.ns("tRP_ns"),
          .tRAS = section.ns("tRAS_ns"),
          .tRC = section.ns("tRC_ns"),
          .tCCDS = section.ns("tCCDS_ns"),
          .tCCDL = section.ns("tCCDL_ns"),
          .tCCDR = section.ns("tCCDR_ns"),
          .tRRDS = section.ns("tRRDS_ns"),
          .tRRDL = section.ns("tRRDL_ns"),
          .tFAW = section.ns("tFAW_ns"),
          .tWR = section.ns("tWR_ns"),
          .tWTRS = section.ns("tWTRS_ns"),
          .tWTRL = section.ns("tWTRL_ns"),
          .tRTP = section.ns("tRTP_ns"),
          .tRTW = section.ns("tRTW_ns"),
          .tREFI = section.ns("tREFI_ns"),
          .tRFC = section.ns("tRFC_ns"),
          .tREFIPB = section.ns("tREFIPB_ns"),
          .tRFCPB = section.ns("tRFCPB_ns"),
          .tRREFD = section.ns("tRREFD_ns"),
          .tPPD = section.ns("tPPD_ns"),
          .act_command = section.ns("act_command_ns"),
          .row_command = section.ns("row_command_ns"),
          .column_command = section.ns("column_command_ns")};
}

hbm::ControllerConfig parse_controller(const Section& section, hbm::Fidelity fidelity) {
  using hbm::PagePolicyKind;
  using hbm::RefreshKind;
  using hbm::SchedulerKind;
  return {
      .fidelity = fidelity,
      .scheduler = section.choice<SchedulerKind>(
          "scheduler", {{"fcfs", SchedulerKind::kFcfs}, {"fr_fcfs", SchedulerKind::kFrFcfs}}),
      .starvation_cap = section.u32("starvation_cap"),
      .queue_depth = section.u32("queue_depth"),
      .page_policy = section.choice<PagePolicyKind>("page_policy", {{"open", PagePolicyKind::kOpen},
                                                                    {"closed", PagePolicyKind::kClosed},
                                                                    {"timeout", PagePolicyKind::kTimeout}}),
      .page_timeout_ps = section.ns("page_timeout_ns"),
      .refresh = section.choice<RefreshKind>("refresh", {{"none", RefreshKind::kNone},
                                                         {"all_bank", RefreshKind::kAllBank},
                                                         {"per_bank", RefreshKind::kPerBank}}),
      .refresh_postpone = section.u32("refresh_postpone"),
      .write_high_watermark = section.number("write_high_watermark"),
      .write_low_watermark = section.number("write_low_watermark"),
      .address_map = section.text("address_map"),
      .frontend_ps = section.ns("frontend_ns")};
}

hbm::Energy parse_energy(const Section& section) {
  return {.per_bit_pj = section.number_or_unknown("per_bit_pj"),
          .activate_pj = section.number_or_unknown("activate_pj"),
          .read_per_bit_pj = section.number_or_unknown("read_per_bit_pj"),
          .write_per_bit_pj = section.number_or_unknown("write_per_bit_pj"),
          .io_per_bit_pj = section.number_or_unknown("io_per_bit_pj"),
          .refresh_pj = section.number_or_unknown("refresh_pj"),
          .background_mw = section.number_or_unknown("background_mw")};
}

hbm::EccConfig parse_ecc(const Section& section) {
  return {.enabled = section.flag("enabled"),
          .demand_scrub = section.flag("demand_scrub"),
          .scrub_interval_ps = section.ns("scrub_interval_ns"),
          .scrub_bytes = section.u32("scrub_bytes")};
}

hbm::FaultConfig parse_faults(const Section& section) {
  return {.correctable_per_burst = section.number("correctable_per_burst"),
          .uncorrectable_per_burst = section.number("uncorrectable_per_burst"),
          .correctable_addresses = section.addresses("correctable_addresses"),
          .uncorrectable_addresses = section.addresses("uncorrectable_addresses"),
          .permanent = section.flag("permanent")};
}

hbm::TemperatureConfig parse_temperature(const Section& section) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  return {.temperature_c = section.number("temperature_c"),
          .refresh_2x_above_c = section.number_or("refresh_2x_above_c", kNever),
          .refresh_4x_above_c = section.number_or("refresh_4x_above_c", kNever)};
}

}  // namespace

hbm::HbmConfig parse_hbm(const Section& section) {
  using hbm::Fidelity;
  const auto fidelity =
      section.choice<Fidelity>("fidelity", {{"fast", Fidelity::kFast}, {"detailed", Fidelity::kDetailed}});
  return {.preset = section.note(),
          .organization = parse_organization(section.child("organization")),
          .timing = parse_timing(section.child("timing")),
          .controller = parse_controller(section.child("controller"), fidelity),
          .energy = parse_energy(section.child("energy")),
          .ecc = parse_ecc(section.child("ecc")),
          .faults = parse_faults(section.child("faults")),
          .temperature = parse_temperature(section.child("temperature"))};
}

}  // namespace prism::config
