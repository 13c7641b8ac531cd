// SPDX-License-Identifier: Apache-2.0
// Cross-checks of the HBM system: counts, clocks and the address map must agree with each other.
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "models/hbm/address_map.h"
#include "platform/config/checks.h"
#include "platform/config/words.h"

namespace prism::config {
namespace {

bool agrees(double a, double b) {
  constexpr double kTolerance = 0.01;  // published periods are rounded
  return std::abs(a - b) <= kTolerance * std::abs(b);
}

class HbmChecker {
 public:
  HbmChecker(const hbm::HbmConfig& config, const Section& section, const ConfigTree& tree)
      : config_(config), section_(section), tree_(tree) {}

  void organization() const {
    const hbm::Organization& o = config_.organization;
    const std::string place = section_.pointer() + "/organization/";
    const std::pair<const char*, std::uint32_t> counts[] = {
        {"stacks", o.stacks},       {"channels", o.channels},       {"pseudo_channels", o.pseudo_channels},
        {"stack_ids", o.stack_ids}, {"bank_groups", o.bank_groups}, {"banks", o.banks},
        {"rows", o.rows},           {"columns", o.columns},         {"burst_bytes", o.burst_bytes}};
    for (const auto& [name, count] : counts) power_of_two(place + name, count);

    const std::uint64_t burst = std::uint64_t{o.burst_length} * o.pseudo_channel_bits / 8;
    require(o.burst_bytes == burst, place + "burst_bytes", in_words(o.burst_bytes),
            "burst_length x pseudo_channel_bits / 8 = " + in_words(burst));
    const Section section = section_.child("organization");
    const std::uint64_t page = section.u64("page_bytes");
    require(o.page_bytes() == page, place + "columns",
            in_words(o.columns) + " (x burst_bytes = a page of " + in_words(o.page_bytes()) + " bytes)",
            "a page of " + in_words(page) + " bytes (page_bytes)");
    if (const auto stack = section.optional_u64("stack_bytes")) {
      const std::uint64_t capacity = o.capacity_bytes() / o.stacks;
      require(capacity == *stack, place + "stack_bytes", in_words(*stack),
              in_words(capacity) + ", the product of the other counts");
    }
  }

  void timing() const {
    const hbm::Timing& t = config_.timing;
    const hbm::Organization& o = config_.organization;
    const std::string place = section_.pointer() + "/timing/";
    const double rate = o.data_rate_gbps_per_pin;  // beats a nanosecond
    // HBM2: data on both edges of CK; HBM3 and HBM4: on both edges of a strobe at twice CK.
    const double beats = ns_from_ps(t.tCK) * rate;
    require(agrees(beats, 2) || agrees(beats, 4), place + "tCK_ns",
            text(ns_from_ps(t.tCK)) + " (" + text(beats) + " beats a clock at " + text(rate) + " Gb/s a pin)",
            text(2 / rate) + " or " + text(4 / rate) + " (2 or 4 beats a clock)");
    const double burst_ns = o.burst_length / rate;
    require(agrees(ns_from_ps(t.tBURST), burst_ns), place + "tBURST_ns", text(ns_from_ps(t.tBURST)),
            text(burst_ns) + ", burst_length / data_rate_gbps_per_pin");
    require(t.tRC > t.tRAS, place + "tRC_ns", text(ns_from_ps(t.tRC)),
            "more than tRAS_ns (" + text(ns_from_ps(t.tRAS)) + ")");
    require(t.tCCDL >= t.tCCDS, place + "tCCDL_ns", text(ns_from_ps(t.tCCDL)),
            "at least tCCDS_ns (" + text(ns_from_ps(t.tCCDS)) + ")");
    require(t.tRFC < t.tREFI, place + "tRFC_ns", text(ns_from_ps(t.tRFC)),
            "less than tREFI_ns (" + text(ns_from_ps(t.tREFI)) + ")");
    const std::uint32_t most = config_.temperature.refresh_rate(std::numeric_limits<double>::max());
    require(t.tRFC < t.tREFI / most, place + "tRFC_ns", text(ns_from_ps(t.tRFC)),
            "less than tREFI_ns / " + in_words(most) + " (" + text(ns_from_ps(t.tREFI / most)) +
                ", the refresh interval of the highest temperature)");
  }

  void controller() const {
    const hbm::ControllerConfig& c = config_.controller;
    const std::string place = section_.pointer() + "/controller/";
    require(c.write_low_watermark <= c.write_high_watermark, place + "write_low_watermark",
            text(c.write_low_watermark),
            "at most write_high_watermark (" + text(c.write_high_watermark) + ")");
    try {
      const hbm::AddressMap checked(c.address_map, config_.organization);
    } catch (const std::invalid_argument& problem) {
      throw model_error(place + "address_map", problem, tree_);
    }
  }

  void ecc() const {
    const hbm::EccConfig& e = config_.ecc;
    const hbm::Organization& o = config_.organization;
    const std::string place = section_.pointer() + "/ecc/";
    require(e.scrub_bytes % o.burst_bytes == 0, place + "scrub_bytes", in_words(e.scrub_bytes),
            "a multiple of organization.burst_bytes (" + in_words(o.burst_bytes) + ")");
    require(e.enabled || e.scrub_interval_ps == 0, place + "scrub_interval_ns",
            text(ns_from_ps(e.scrub_interval_ps)), "0, as there is no patrol without ECC (ecc.enabled)");
  }

  void faults() const {
    const hbm::FaultConfig& f = config_.faults;
    const std::uint64_t capacity = config_.organization.capacity_bytes();
    const auto check = [&](const char* name, const std::vector<std::uint64_t>& addresses) {
      for (std::size_t i = 0; i < addresses.size(); ++i) {
        require(addresses[i] < capacity, section_.pointer() + "/faults/" + name + "/" + std::to_string(i),
                hexadecimal(addresses[i]),
                "an address below " + hexadecimal(capacity) + ", the capacity of HBM");
      }
    };
    check("correctable_addresses", f.correctable_addresses);
    check("uncorrectable_addresses", f.uncorrectable_addresses);
  }

  void temperature() const {
    const hbm::TemperatureConfig& t = config_.temperature;
    if (!std::isfinite(t.refresh_4x_above_c)) return;
    require(t.refresh_4x_above_c > t.refresh_2x_above_c,
            section_.pointer() + "/temperature/refresh_4x_above_c", text(t.refresh_4x_above_c),
            std::isfinite(t.refresh_2x_above_c)
                ? "more than refresh_2x_above_c (" + text(t.refresh_2x_above_c) + ")"
                : "null, as refresh_2x_above_c is");
  }

 private:
  void require(bool condition, const std::string& pointer, const std::string& found,
               const std::string& expected) const {
    if (!condition) throw tree_.error(pointer, found, expected);
  }
  void power_of_two(const std::string& pointer, std::uint64_t value) const {
    require(std::has_single_bit(value), pointer, in_words(value), "a power of two");
  }

  const hbm::HbmConfig& config_;
  const Section& section_;
  const ConfigTree& tree_;
};

}  // namespace

void check_hbm(const hbm::HbmConfig& config, const Section& section, const ConfigTree& tree) {
  const HbmChecker checker(config, section, tree);
  checker.organization();
  checker.timing();
  checker.controller();
  checker.ecc();
  checker.faults();
  checker.temperature();
}

}  // namespace prism::config
