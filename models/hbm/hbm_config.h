// SPDX-License-Identifier: Apache-2.0
// Organisation, timing, policies, energy, protection and temperature of the HBM system. Every number comes
// from a preset in configs/hbm/, which carries its source.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "models/common/units.h"

namespace prism::hbm {

struct Organization {
  std::uint32_t stacks = 1;
  std::uint32_t channels = 16;        // of a stack
  std::uint32_t pseudo_channels = 2;  // of a channel; they share its command buses
  std::uint32_t stack_ids = 1;        // ranks of a pseudo-channel (SID)
  std::uint32_t bank_groups = 4;      // of a stack id
  std::uint32_t banks = 4;            // of a bank group
  std::uint32_t rows = 32768;         // of a bank
  std::uint32_t columns = 32;         // bursts of a row: the burst's own bits are excluded
  std::uint32_t burst_bytes = 32;
  std::uint32_t burst_length = 8;          // beats
  std::uint32_t pseudo_channel_bits = 32;  // data pins
  double data_rate_gbps_per_pin = 6.4;

  std::uint64_t page_bytes() const { return std::uint64_t{columns} * burst_bytes; }
  std::uint32_t banks_per_pseudo_channel() const { return stack_ids * bank_groups * banks; }
  std::uint32_t pseudo_channels_total() const { return stacks * channels * pseudo_channels; }
  std::uint64_t pseudo_channel_bytes() const {
    return std::uint64_t{banks_per_pseudo_channel()} * rows * page_bytes();
  }
  std::uint64_t capacity_bytes() const { return pseudo_channel_bytes() * pseudo_channels_total(); }
  /// GB/s (10^9 bytes) of one pseudo-channel's data bus, and of the whole system.
  double pseudo_channel_peak_gbps() const { return pseudo_channel_bits * data_rate_gbps_per_pin / 8.0; }
  double peak_gbps() const { return pseudo_channel_peak_gbps() * pseudo_channels_total(); }
};

/// All in picoseconds; names as in JESD235/JESD238. Command occupancy: how long a command holds its command
/// bus.
struct Timing {
  Picoseconds tCK = 0;
  Picoseconds tBURST = 0;  // data-bus time of one burst
  Picoseconds tCL = 0, tDQSCK = 0, tCWL = 0;
  Picoseconds tRCDRD = 0, tRCDWR = 0;
  Picoseconds tRP = 0, tRAS = 0, tRC = 0;
  Picoseconds tCCDS = 0, tCCDL = 0, tCCDR = 0;  // R: other stack id of the same pseudo-channel
  Picoseconds tRRDS = 0, tRRDL = 0, tFAW = 0;   // tFAW: four activates of one pseudo-channel
  Picoseconds tWR = 0, tWTRS = 0, tWTRL = 0, tRTP = 0;
  Picoseconds tRTW = 0;             // read command to write command
  Picoseconds tREFI = 0, tRFC = 0;  // all-bank refresh
  Picoseconds tREFIPB = 0, tRFCPB = 0,
              tRREFD = 0;  // per-bank refresh; tREFIPB: interval of per-bank commands
  Picoseconds tPPD = 0;    // precharge to precharge
  Picoseconds act_command = 0, row_command = 0, column_command = 0;  // ACT; PRE and REF; RD and WR
};

enum class Fidelity : std::uint8_t { kFast, kDetailed };
enum class SchedulerKind : std::uint8_t { kFcfs, kFrFcfs };
enum class PagePolicyKind : std::uint8_t { kOpen, kClosed, kTimeout };
enum class RefreshKind : std::uint8_t { kNone, kAllBank, kPerBank };

struct ControllerConfig {
  Fidelity fidelity = Fidelity::kFast;
  SchedulerKind scheduler = SchedulerKind::kFrFcfs;
  std::uint32_t starvation_cap = 16;  // row hits that may pass an older request of the same bank
  std::uint32_t queue_depth = 8;      // bursts a bank (detailed), reads and writes each
  PagePolicyKind page_policy = PagePolicyKind::kOpen;
  Picoseconds page_timeout_ps = 0;  // timeout policy: idle time before a row is closed
  RefreshKind refresh = RefreshKind::kAllBank;
  std::uint32_t refresh_postpone =
      0;  // refreshes that may be postponed while requests wait (standard: up to 8)
  double write_high_watermark = 0.75;  // of the write queue: start draining
  double write_low_watermark = 0.25;   // stop draining
  std::string address_map;             // see address_map.h
  Picoseconds frontend_ps = 0;         // fixed latency of controller and PHY, added to every request
};

/// pJ; negative: unknown (declared as unknown in reports). Per-bit figure when only a total is published.
struct Energy {
  double per_bit_pj = -1.0;   // all of: activation, on-die movement, I/O
  double activate_pj = -1.0;  // one ACT + PRE pair
  double read_per_bit_pj = -1.0, write_per_bit_pj = -1.0, io_per_bit_pj = -1.0;
  double refresh_pj = -1.0;     // one all-bank refresh of a pseudo-channel
  double background_mw = -1.0;  // of one pseudo-channel
};

/// What protects the data, see ecc.h.
struct EccConfig {
  bool enabled = true;
  bool demand_scrub = true;           // a corrected read stores the corrected burst
  Picoseconds scrub_interval_ps = 0;  // between the reads of the patrol scrubber; 0: it is off
  std::uint32_t scrub_bytes = 1024;   // of one such read, in whole bursts
};

/// Errors to inject, see ecc.h.
struct FaultConfig {
  double correctable_per_burst = 0;    // probability that a burst read has suffered one more bit error
  double uncorrectable_per_burst = 0;  // the same for an error of several bits
  std::vector<std::uint64_t> correctable_addresses, uncorrectable_addresses;  // from the start of HBM
  bool permanent = false;  // errors at the addresses above outlive a write
  std::uint64_t seed = 1;
};

struct TemperatureConfig {
  double temperature_c = 60.0;
  double refresh_2x_above_c = std::numeric_limits<double>::infinity();  // refresh intervals are halved
  double refresh_4x_above_c = std::numeric_limits<double>::infinity();  // and quartered
  /// How many times the nominal refresh rate `celsius` asks for.
  std::uint32_t refresh_rate(double celsius) const {
    if (celsius > refresh_4x_above_c) return 4;
    return celsius > refresh_2x_above_c ? 2 : 1;
  }
};

struct HbmConfig {
  std::string preset;  // its name, for reports
  Organization organization;
  Timing timing;
  ControllerConfig controller;
  Energy energy;
  EccConfig ecc;
  FaultConfig faults;
  TemperatureConfig temperature;
};

}  // namespace prism::hbm
