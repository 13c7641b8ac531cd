// SPDX-License-Identifier: Apache-2.0
// Reads a preset of configs/hbm/ for the tests of the model, which do not depend on the platform's loader.
// Every number and key is required and no other is allowed.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/hbm/hbm_config.h"

namespace prism::hbm::test {

/// A section whose keys are taken one after the other; keys left over are an error.
class PresetSection {
 public:
  explicit PresetSection(const nlohmann::json& json) : json_(json) {
    for (const auto& [key, value] : json.items()) left_.insert(key);
  }
  const nlohmann::json& take(const std::string& key) {
    left_.erase(key);
    return json_.at(key);
  }
  std::uint32_t count(const std::string& key) { return take(key).get<std::uint32_t>(); }
  double number(const std::string& key) { return take(key).get<double>(); }
  double figure(const std::string& key) { return take(key).is_null() ? -1.0 : json_.at(key).get<double>(); }
  Picoseconds time(const std::string& key) { return ps_from_ns(number(key + "_ns")); }
  void finish() {
    for (const char* key : {"source", "origin"}) {
      if (take(key).get<std::string>().empty()) throw std::runtime_error(std::string("empty ") + key);
    }
    if (!left_.empty()) throw std::runtime_error("unknown key " + *left_.begin());
  }

 private:
  const nlohmann::json& json_;
  std::set<std::string> left_;
};

inline Organization read_organization(PresetSection section) {
  Organization o;
  o.stacks = section.count("stacks");
  o.channels = section.count("channels");
  o.pseudo_channels = section.count("pseudo_channels");
  o.stack_ids = section.count("stack_ids");
  o.bank_groups = section.count("bank_groups");
  o.banks = section.count("banks");
  o.rows = section.count("rows");
  o.columns = section.count("columns");
  o.burst_bytes = section.count("burst_bytes");
  o.burst_length = section.count("burst_length");
  o.pseudo_channel_bits = section.count("pseudo_channel_bits");
  o.data_rate_gbps_per_pin = section.number("data_rate_gbps_per_pin");
  EXPECT_EQ(section.count("page_bytes"), o.page_bytes());
  EXPECT_EQ(section.take("stack_bytes").get<std::uint64_t>(), o.capacity_bytes() / o.stacks);
  section.finish();
  return o;
}

inline Timing read_timing(PresetSection section) {
  Timing t;
  t.tCK = section.time("tCK"), t.tBURST = section.time("tBURST");
  t.tCL = section.time("tCL"), t.tDQSCK = section.time("tDQSCK"), t.tCWL = section.time("tCWL");
  t.tRCDRD = section.time("tRCDRD"), t.tRCDWR = section.time("tRCDWR");
  t.tRP = section.time("tRP"), t.tRAS = section.time("tRAS"), t.tRC = section.time("tRC");
  t.tCCDS = section.time("tCCDS"), t.tCCDL = section.time("tCCDL"), t.tCCDR = section.time("tCCDR");
  t.tRRDS = section.time("tRRDS"), t.tRRDL = section.time("tRRDL"), t.tFAW = section.time("tFAW");
  t.tWR = section.time("tWR"), t.tWTRS = section.time("tWTRS"), t.tWTRL = section.time("tWTRL");
  t.tRTP = section.time("tRTP"), t.tRTW = section.time("tRTW");
  t.tREFI = section.time("tREFI"), t.tRFC = section.time("tRFC");
  t.tREFIPB = section.time("tREFIPB"), t.tRFCPB = section.time("tRFCPB"), t.tRREFD = section.time("tRREFD");
  t.tPPD = section.time("tPPD");
  t.act_command = section.time("act_command"), t.row_command = section.time("row_command");
  t.column_command = section.time("column_command");
  section.finish();
  return t;
}

inline ControllerConfig read_controller(PresetSection section) {
  ControllerConfig c;
  EXPECT_EQ(section.take("scheduler"), "fr_fcfs");
  EXPECT_EQ(section.take("page_policy"), "open");
  const std::string refresh = section.take("refresh");
  EXPECT_TRUE(refresh == "all_bank" || refresh == "per_bank") << refresh;
  c.refresh = refresh == "all_bank" ? RefreshKind::kAllBank : RefreshKind::kPerBank;
  c.starvation_cap = section.count("starvation_cap");
  c.queue_depth = section.count("queue_depth");
  c.page_timeout_ps = section.time("page_timeout");
  c.refresh_postpone = section.count("refresh_postpone");
  c.write_high_watermark = section.number("write_high_watermark");
  c.write_low_watermark = section.number("write_low_watermark");
  c.address_map = section.take("address_map").get<std::string>();
  c.frontend_ps = section.time("frontend");
  section.finish();
  return c;
}

inline Energy read_energy(PresetSection section) {
  Energy e;
  e.per_bit_pj = section.figure("per_bit_pj");
  e.activate_pj = section.figure("activate_pj");
  e.read_per_bit_pj = section.figure("read_per_bit_pj");
  e.write_per_bit_pj = section.figure("write_per_bit_pj");
  e.io_per_bit_pj = section.figure("io_per_bit_pj");
  e.refresh_pj = section.figure("refresh_pj");
  e.background_mw = section.figure("background_mw");
  section.finish();
  return e;
}

inline EccConfig read_ecc(PresetSection section) {
  EccConfig e;
  e.enabled = section.take("enabled").get<bool>();
  e.demand_scrub = section.take("demand_scrub").get<bool>();
  e.scrub_interval_ps = section.time("scrub_interval");
  e.scrub_bytes = section.count("scrub_bytes");
  section.finish();
  return e;
}

inline FaultConfig read_faults(PresetSection section) {
  FaultConfig f;
  f.correctable_per_burst = section.number("correctable_per_burst");
  f.uncorrectable_per_burst = section.number("uncorrectable_per_burst");
  EXPECT_TRUE(section.take("correctable_addresses").empty());
  EXPECT_TRUE(section.take("uncorrectable_addresses").empty());
  f.permanent = section.take("permanent").get<bool>();
  section.finish();
  return f;
}

inline TemperatureConfig read_temperature(PresetSection section) {
  TemperatureConfig t;
  t.temperature_c = section.number("temperature_c");
  t.refresh_2x_above_c = section.number("refresh_2x_above_c");
  EXPECT_TRUE(section.take("refresh_4x_above_c").is_null());
  section.finish();
  return t;
}

inline HbmConfig load_preset(const std::string& name) {
  std::ifstream file(std::string(PRISM_CONFIG_DIR) + "/hbm/" + name + ".json");
  const nlohmann::json json = nlohmann::json::parse(file);
  EXPECT_EQ(json.at("name"), name);
  EXPECT_EQ(json.at("fidelity"), "fast");
  EXPECT_FALSE(json.at("source").get<std::string>().empty());
  EXPECT_EQ(json.size(), 10u) << name;
  HbmConfig config;
  config.preset = name;
  config.organization = read_organization(PresetSection(json.at("organization")));
  config.timing = read_timing(PresetSection(json.at("timing")));
  config.controller = read_controller(PresetSection(json.at("controller")));
  config.energy = read_energy(PresetSection(json.at("energy")));
  config.ecc = read_ecc(PresetSection(json.at("ecc")));
  config.faults = read_faults(PresetSection(json.at("faults")));
  config.temperature = read_temperature(PresetSection(json.at("temperature")));
  return config;
}

/// The preset with one channel, as rivals are measured.
inline HbmConfig one_channel(const std::string& name) {
  HbmConfig config = load_preset(name);
  config.organization.channels = 1;
  return config;
}

}  // namespace prism::hbm::test
