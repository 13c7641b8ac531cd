// SPDX-License-Identifier: Apache-2.0
#include "platform/config/checks.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <limits>
#include <vector>

#include "platform/config/words.h"
#include "platform/workload/memory_layout.h"
#include "platform/workload/trace_content.h"
#include "prism/hw/memory_map.h"

namespace prism::config {
namespace {

std::string hex(std::uint64_t value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(value));
  return buffer;
}

std::string gib(std::uint64_t bytes) {
  return text(static_cast<double>(bytes) / (1 << 30)) + " GiB";
}

class Checker {
 public:
  Checker(const PlatformConfig& config, const ConfigTree& tree) : config_(config), tree_(tree) {}

  void workload() const {
    const auto& model = config_.workload.model;
    require(model.query_heads % model.kv_heads == 0, "/workload/model/query_heads",
            in_words(model.query_heads), "a multiple of kv_heads (" + in_words(model.kv_heads) + ")");
    require(!model.shared_kv() || model.kv_heads == 1, "/workload/model/kv_heads", in_words(model.kv_heads),
            "1 with latent attention (mla), whose cache all query heads share");
    const std::uint32_t latent = model.mla.kv_rank + model.mla.rope_dimension;
    require(!model.shared_kv() || model.head_dimension == latent, "/workload/model/head_dimension",
            in_words(model.head_dimension), "kv_rank + rope_dimension (" + in_words(latent) + ") of mla");
    require(model.moe.layers <= model.layers, "/workload/model/moe/layers", in_words(model.moe.layers),
            "at most layers (" + in_words(model.layers) + ")");
    power_of_two("/policy/block_tokens", config_.policy.block_tokens);
    require(config_.workload.context_tokens % config_.policy.block_tokens == 0, "/workload/context_tokens",
            in_words(config_.workload.context_tokens),
            "a multiple of policy.block_tokens (" + in_words(config_.policy.block_tokens) + ")");
    const auto& lengths = config_.workload.lengths_tokens;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      const bool fits =
          lengths[i] <= config_.workload.context_tokens && lengths[i] % config_.policy.block_tokens == 0;
      require(fits, "/workload/lengths_tokens/" + in_words(i), in_words(lengths[i]),
              "a multiple of policy.block_tokens (" + in_words(config_.policy.block_tokens) +
                  "), at most workload.context_tokens (" + in_words(config_.workload.context_tokens) + ")");
    }
  }

  void signature_sram() const {
    if (config_.policy.name != PolicyName::kSram) return;
    const workload::MemoryLayout layout(config_.workload, config_.policy.block_tokens,
                                        config_.policy.signature_dimension, 0);
    const std::uint64_t blocks = (std::uint64_t{config_.workload.context_tokens} + config_.workload.steps) /
                                 config_.policy.block_tokens;
    const std::uint64_t needed = layout.heads() * blocks * layout.signature_bytes();
    require(config_.compute.ranker.sram.capacity_bytes >= needed, "/compute/ranker/sram/capacity_bytes",
            in_words(config_.compute.ranker.sram.capacity_bytes),
            "at least " + in_words(needed) + " for the signatures of every block, or null");
  }

  void trace() const {
    if (config_.workload.content.kind != "trace") return;
    const std::string pointer = "/workload/content/trace_file";
    require(!config_.workload.content.trace_file.empty(), pointer, "null", "a file for kind \"trace\"");
    try {
      const workload::TraceContent content(config_.workload);
    } catch (const std::invalid_argument& problem) {
      throw model_error(pointer, problem, tree_);
    }
  }

  void policy() const {
    const PolicyConfig& policy = config_.policy;
    const bool pools = policy.granularity == Granularity::kKvHead && policy.pooling == QueryPooling::kMax;
    require(policy.name != PolicyName::kPrism || !pools, "/policy/pooling", "\"max\"",
            "\"mean\" for prism with granularity kv_head: the photonic core returns no scores to compare");
    const bool on_chip = config_.photonic.store.placement != photonic::SignaturePlacement::kHbm;
    require(policy.name != PolicyName::kPrism || !on_chip || policy.sink_tokens == 0, "/policy/sink_tokens",
            in_words(policy.sink_tokens),
            "0 with signatures in the photonic core, whose ranking starts at block 0");
    constexpr std::uint64_t kUnionBlocks = 65536;  // firmware/decode/context.h
    const std::uint64_t blocks =
        (std::uint64_t{config_.workload.context_tokens} + config_.workload.steps) / policy.block_tokens + 1;
    require(policy.granularity == Granularity::kKvHead || blocks <= kUnionBlocks, "/policy/granularity",
            "\"query_head\"", "at most " + in_words(kUnionBlocks) + " blocks for the union");
    require(policy.dispatch == Dispatch::kCpuDriven || can_be_chained(), "/policy/dispatch", "\"chained\"",
            "\"cpu_driven\" for all but dense, streaming and prism by KV head, and no latent cache");
  }

  /// What firmware/decode/chained.c knows.
  bool can_be_chained() const {
    const PolicyConfig& policy = config_.policy;
    const workload::WorkloadConfig& load = config_.workload;
    const bool known = policy.name == PolicyName::kDense || policy.name == PolicyName::kStreaming ||
                       policy.name == PolicyName::kPrism;
    const bool once =
        policy.granularity == Granularity::kKvHead || load.model.query_heads == load.model.kv_heads;
    return known && once && !load.model.shared_kv();
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

  void hbm_capacity() const {
    const auto& window = config_.range("hbm");
    const std::uint64_t capacity = config_.hbm.organization.capacity_bytes();
    require(window.bytes <= capacity, "/memory_map/hbm/bytes", in_words(window.bytes),
            "at most " + in_words(capacity) + ", the capacity of hbm.organization");
    const workload::MemoryLayout layout(config_.workload, config_.policy.block_tokens,
                                        config_.policy.signature_dimension, window.base,
                                        signature_form(config_.policy));
    const std::uint64_t kv = layout.heads() * layout.kv_head_stride();
    const std::uint64_t signatures = layout.heads() * layout.signature_head_stride();
    require(layout.bytes() <= window.bytes, "/workload/context_tokens",
            in_words(config_.workload.context_tokens) + ", which needs " + gib(layout.bytes()) +
                " of HBM (weights " + gib(config_.workload.model.stored_weight_bytes()) + ", K/V " + gib(kv) +
                ", signatures " + gib(signatures) + ")",
            "at most " + gib(window.bytes) + ", the size of the HBM");
  }

  void scratchpad() const {
    power_of_two("/scratchpad/banks", config_.scratchpad.banks);
    power_of_two("/scratchpad/interleave_bytes", config_.scratchpad.interleave_bytes);
    // The firmware's plan (firmware/decode/layout.h): projection, activations, outputs, sketches, two
    // buffers.
    const auto aligned = [](std::uint64_t bytes) { return (bytes + 255) / 256 * 256; };
    const auto& model = config_.workload.model;
    const std::uint64_t batch = config_.workload.batch;
    const std::uint64_t vector = std::uint64_t{model.head_dimension} * 2;
    const std::uint64_t activations =
        batch * (model.query_heads + 2 * std::uint64_t{model.kv_heads}) * vector;
    const std::uint64_t buffer =
        (model.shared_kv() ? 1 : 2) * vector * config_.policy.block_tokens * config_.policy.chunk_blocks;
    const std::uint64_t d = config_.policy.signature_dimension;
    const std::uint64_t sketch = config_.policy.name == PolicyName::kQuest ? 2 * vector : d * 2;
    const std::uint64_t needed = aligned(d * vector) + aligned(activations) +
                                 aligned(batch * model.query_heads * vector) +
                                 aligned(model.group_size() * sketch) + 2 * aligned(buffer);
    require(needed <= config_.scratchpad.bytes, "/memory_map/scratchpad/bytes",
            in_words(config_.scratchpad.bytes),
            "at least " + in_words(needed) + " for two buffers of " + in_words(config_.policy.chunk_blocks) +
                " blocks (policy.chunk_blocks) and the token's vectors");
  }

  void engines() const {
    require(config_.dma.buffer_slots <= config_.dma.buffer_bytes, "/dma/buffer_slots",
            in_words(config_.dma.buffer_slots),
            "at most buffer_bytes (" + in_words(config_.dma.buffer_bytes) + ")");
    power_of_two("/dma/port/max_burst_bytes", config_.dma.port.max_burst_bytes);
    power_of_two("/compute/port/max_burst_bytes", config_.compute.port.max_burst_bytes);
  }

  void firmware() const {
    power_of_two("/firmware/ring_entries", config_.firmware.ring_entries);
    constexpr const char* kDmaOnly = "\"dma\", which alone has descriptors";
    for (std::size_t i = 0; i < config_.faults.size(); ++i) {
      const PlatformFault& fault = config_.faults[i];
      const std::string pointer = "/faults/" + std::to_string(i);
      const bool of_dma =
          fault.kind == PlatformFaultKind::kBadDescriptor || fault.kind == PlatformFaultKind::kFullRing;
      require(!of_dma || fault.device == "dma", pointer + "/device", '"' + fault.device + '"', kDmaOnly);
      require(fault.first_address <= fault.last_address, pointer + "/first_address", hex(fault.first_address),
              "at most last_address (" + hex(fault.last_address) + ")");
    }
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

ConfigError model_error(const std::string& pointer, const std::invalid_argument& problem,
                        const ConfigTree& tree) {
  const std::string message = problem.what();
  const std::size_t found = message.find(": found ");
  const std::size_t expected = message.find(", expected ", found);
  if (expected == std::string::npos) return tree.error(pointer, message, "another value");
  return tree.error(pointer, message.substr(found + 8, expected - found - 8), message.substr(expected + 11));
}

void cross_check(const PlatformConfig& config, const Section& root, const ConfigTree& tree) {
  const Checker checker(config, tree);
  checker.workload();
  checker.policy();
  checker.signature_sram();
  checker.trace();
  checker.memory_map();
  check_hbm(config.hbm, root.child("hbm"), tree);
  checker.hbm_capacity();
  check_photonic(config.photonic, root.child("photonic"), tree);
  check_ranking(config, tree);
  checker.scratchpad();
  checker.engines();
  checker.firmware();
}

}  // namespace prism::config
