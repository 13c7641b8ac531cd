// SPDX-License-Identifier: Apache-2.0
#include "platform/config/checks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <vector>

#include "models/hbm/address_map.h"
#include "platform/workload/memory_layout.h"
#include "prism/hw/memory_map.h"

namespace prism::config {
namespace {

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

std::string hex(std::uint64_t value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(value));
  return buffer;
}

std::string gib(std::uint64_t bytes) {
  return text(static_cast<double>(bytes) / (1 << 30)) + " GiB";
}

std::string in_words(std::uint64_t value) {
  return std::to_string(value);
}

bool agrees(double a, double b) {
  constexpr double kTolerance = 0.01;  // published periods are rounded
  return std::abs(a - b) <= kTolerance * std::abs(b);
}

class Checker {
 public:
  Checker(const PlatformConfig& config, const ConfigTree& tree) : config_(config), tree_(tree) {}

  void workload() const {
    const auto& model = config_.workload.model;
    require(model.query_heads % model.kv_heads == 0, "/workload/model/query_heads",
            in_words(model.query_heads), "a multiple of kv_heads (" + in_words(model.kv_heads) + ")");
    power_of_two("/policy/block_tokens", config_.policy.block_tokens);
    require(config_.workload.context_tokens % config_.policy.block_tokens == 0, "/workload/context_tokens",
            in_words(config_.workload.context_tokens),
            "a multiple of policy.block_tokens (" + in_words(config_.policy.block_tokens) + ")");
  }

  void memory_map() const {
    auto map = config_.bus.map;
    constexpr std::uint64_t kAlignment = 4096;
    for (const auto& range : map) {
      const std::string pointer = "/memory_map/" + range.name + "/base";
      require(range.base % kAlignment == 0, pointer, hex(range.base),
              "a multiple of " + in_words(kAlignment));
      require(range.bytes - 1 <= std::numeric_limits<std::uint64_t>::max() - range.base, pointer,
              hex(range.base), "room for " + in_words(range.bytes) + " bytes below 2^64");
    }
    std::sort(map.begin(), map.end(), [](const auto& a, const auto& b) { return a.base < b.base; });
    for (std::size_t i = 1; i < map.size(); ++i) {
      const auto &lower = map[i - 1], &upper = map[i];
      require(upper.base - lower.base >= lower.bytes, "/memory_map/" + upper.name + "/base",
              hex(upper.base) + ", where \"" + upper.name + "\" overlaps \"" + lower.name + "\" (" +
                  hex(lower.base) + " to " + hex(lower.base + lower.bytes - 1) + ")",
              "ranges that do not overlap");
    }
    const auto& ram = config_.range("ram");
    require(ram.base == PRISM_JOB_ADDRESS, "/memory_map/ram/base", hex(ram.base),
            hex(PRISM_JOB_ADDRESS) + ", where the firmware finds its job");
  }

  void hbm_organization(const Section& section) const {
    const hbm::Organization& o = config_.hbm.organization;
    const std::string place = "/hbm/organization/";
    const std::pair<const char*, std::uint32_t> counts[] = {
        {"stacks", o.stacks},       {"channels", o.channels},       {"pseudo_channels", o.pseudo_channels},
        {"stack_ids", o.stack_ids}, {"bank_groups", o.bank_groups}, {"banks", o.banks},
        {"rows", o.rows},           {"columns", o.columns},         {"burst_bytes", o.burst_bytes}};
    for (const auto& [name, count] : counts) power_of_two(place + name, count);

    const std::uint64_t burst = std::uint64_t{o.burst_length} * o.pseudo_channel_bits / 8;
    require(o.burst_bytes == burst, place + "burst_bytes", in_words(o.burst_bytes),
            "burst_length x pseudo_channel_bits / 8 = " + in_words(burst));
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

  void hbm_timing() const {
    const hbm::Timing& t = config_.hbm.timing;
    const hbm::Organization& o = config_.hbm.organization;
    const std::string place = "/hbm/timing/";
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
  }

  void hbm_controller() const {
    const hbm::ControllerConfig& c = config_.hbm.controller;
    const std::string place = "/hbm/controller/";
    require(c.write_low_watermark <= c.write_high_watermark, place + "write_low_watermark",
            text(c.write_low_watermark),
            "at most write_high_watermark (" + text(c.write_high_watermark) + ")");
    try {
      const hbm::AddressMap checked(c.address_map, config_.hbm.organization);
    } catch (const std::invalid_argument& problem) {
      // "address map: found X, expected Y"
      const std::string message = problem.what();
      const std::size_t found = message.find("found ") + 6;
      const std::size_t expected = message.find(", expected ", found);
      throw tree_.error(place + "address_map", message.substr(found, expected - found),
                        message.substr(expected + 11));
    }
  }

  void hbm_capacity() const {
    const auto& window = config_.range("hbm");
    const std::uint64_t capacity = config_.hbm.organization.capacity_bytes();
    require(window.bytes <= capacity, "/memory_map/hbm/bytes", in_words(window.bytes),
            "at most " + in_words(capacity) + ", the capacity of hbm.organization");
    const workload::MemoryLayout layout(config_.workload, config_.policy.block_tokens,
                                        config_.policy.signature_dimension, window.base);
    const std::uint64_t kv = layout.heads() * layout.kv_head_stride();
    const std::uint64_t signatures = layout.heads() * layout.signature_head_stride();
    require(layout.bytes() <= window.bytes, "/workload",
            "a need of " + gib(layout.bytes()) + " of HBM (weights " +
                gib(config_.workload.model.stored_weight_bytes()) + ", K/V " + gib(kv) + ", signatures " +
                gib(signatures) + ")",
            "at most " + gib(window.bytes) + ", the size of the HBM");
  }

  void photonic() const {
    const auto& photonic = config_.photonic;
    require(photonic.wavelengths == config_.policy.signature_dimension, "/policy/signature_dimension",
            in_words(config_.policy.signature_dimension),
            "photonic.wavelengths (" + in_words(photonic.wavelengths) + ")");
    const std::uint32_t head_dimension = config_.workload.model.head_dimension;
    require(config_.policy.signature_dimension <= head_dimension, "/policy/signature_dimension",
            in_words(config_.policy.signature_dimension),
            "at most workload.model.head_dimension (" + in_words(head_dimension) +
                "), of which it is a projection");
    const std::uint64_t last_token = std::uint64_t{config_.workload.context_tokens} + config_.workload.steps;
    const std::uint64_t blocks = last_token / config_.policy.block_tokens;
    require(config_.policy.name != PolicyName::kPrism || blocks <= photonic.max_blocks,
            "/photonic/max_blocks", in_words(photonic.max_blocks),
            "at least " + in_words(blocks) + ", the blocks of a sequence");
  }

  void scratchpad() const {
    power_of_two("/scratchpad/banks", config_.scratchpad.banks);
    power_of_two("/scratchpad/interleave_bytes", config_.scratchpad.interleave_bytes);
    // The firmware's plan (firmware/decode/layout.h): projection, activations, outputs, two fetch buffers.
    const auto aligned = [](std::uint64_t bytes) { return (bytes + 255) / 256 * 256; };
    const auto& model = config_.workload.model;
    const std::uint64_t batch = config_.workload.batch;
    const std::uint64_t vector = std::uint64_t{model.head_dimension} * 2;
    const std::uint64_t activations =
        batch * (model.query_heads + 2 * std::uint64_t{model.kv_heads}) * vector;
    const std::uint64_t buffer = 2 * vector * config_.policy.block_tokens * config_.policy.chunk_blocks;
    const std::uint64_t needed = aligned(config_.policy.signature_dimension * vector) + aligned(activations) +
                                 aligned(batch * model.query_heads * vector) + 2 * aligned(buffer);
    require(needed <= config_.scratchpad.bytes, "/memory_map/scratchpad/bytes",
            in_words(config_.scratchpad.bytes),
            "at least " + in_words(needed) + " for two buffers of " + in_words(config_.policy.chunk_blocks) +
                " blocks (policy.chunk_blocks) and the token's vectors");
  }

  void engines() const {
    require(config_.dma.buffer_slots <= config_.dma.buffer_bytes, "/dma/buffer_slots",
            in_words(config_.dma.buffer_slots),
            "at most buffer_bytes (" + in_words(config_.dma.buffer_bytes) + ")");
    power_of_two("/photonic/port/max_burst_bytes", config_.photonic.port.max_burst_bytes);
    power_of_two("/dma/port/max_burst_bytes", config_.dma.port.max_burst_bytes);
    power_of_two("/compute/port/max_burst_bytes", config_.compute.port.max_burst_bytes);
  }

 private:
  void require(bool condition, const std::string& pointer, const std::string& found,
               const std::string& expected) const {
    if (!condition) throw tree_.error(pointer, found, expected);
  }
  void power_of_two(const std::string& pointer, std::uint64_t value) const {
    require(std::has_single_bit(value), pointer, in_words(value), "a power of two");
  }

  const PlatformConfig& config_;
  const ConfigTree& tree_;
};

}  // namespace

void cross_check(const PlatformConfig& config, const Section& root, const ConfigTree& tree) {
  const Checker checker(config, tree);
  checker.workload();
  checker.memory_map();
  checker.hbm_organization(root.child("hbm").child("organization"));
  checker.hbm_timing();
  checker.hbm_controller();
  checker.hbm_capacity();
  checker.photonic();
  checker.scratchpad();
  checker.engines();
}

}  // namespace prism::config
