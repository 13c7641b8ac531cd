// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/job.h"

#include <cmath>

#include "prism/hw/memory_map.h"

namespace prism::soc {

namespace {
constexpr std::uint64_t kHeapOffset =
    0x100000;  // leaves room for the job, and later for the firmware's image

std::uint32_t policy_number(config::PolicyName policy) {
  using enum config::PolicyName;
  switch (policy) {
    case kDense:
      return PRISM_POLICY_DENSE;
    case kStreaming:
      return PRISM_POLICY_STREAMING;
    case kOracle:
      return PRISM_POLICY_ORACLE;
    case kQuest:
      return PRISM_POLICY_QUEST;
    case kMeanKey:
      return PRISM_POLICY_MEAN_KEY;
    case kSram:
      return PRISM_POLICY_SRAM;
    case kNearMemory:
      return PRISM_POLICY_NEAR_MEMORY;
    case kPrism:
      return PRISM_POLICY_PRISM;
  }
  return PRISM_POLICY_DENSE;
}

/// Unless told otherwise, firmware watches a photonic core with faults; drift is measured as it is.
std::uint32_t monitor_steps(const config::PlatformConfig& config) {
  return config.firmware.monitor_steps.value_or(config.photonic.physics.faults.empty() ? 0 : 1);
}

}  // namespace

prism_job make_job(const config::PlatformConfig& config, const workload::MemoryLayout& layout) {
  const workload::ModelShape& model = config.workload.model;
  prism_job job{};
  job.magic = PRISM_JOB_MAGIC;
  job.version = PRISM_JOB_VERSION;

  job.photonic_base = config.range("photonic").base;
  job.dma_base = config.range("dma").base;
  job.compute_base = config.range("compute").base;
  job.hbm_registers_base = config.range("hbm_registers").base;
  job.plic_base = config.range("plic").base;
  job.uart_base = config.range("uart").base;
  job.finisher_base = config.range("finisher").base;
  job.semaphores_base = config.range("semaphores").base;

  const interconnect::TargetRange& ram = config.range("ram");
  const std::uint64_t lengths = (sequence_lengths(config).size() * sizeof(std::uint32_t) + 63) / 64 * 64;
  job.lengths_address = lengths > 0 ? ram.base + kHeapOffset : 0;
  job.heap_base = ram.base + kHeapOffset + lengths;
  job.heap_bytes = ram.bytes - kHeapOffset - lengths;
  job.scratchpad_base = config.range("scratchpad").base;
  job.scratchpad_bytes = config.range("scratchpad").bytes;

  job.hbm_base = config.range("hbm").base;

  job.layers = model.layers;
  job.query_heads = model.query_heads;
  job.kv_heads = model.kv_heads;
  job.head_dimension = model.head_dimension;
  job.weights_base = layout.weights_base();
  job.qkv_weight_bytes = model.qkv_weight_bytes();
  job.layer_weight_bytes = model.layer_weight_bytes();
  job.final_weight_bytes = model.final_weight_bytes();

  job.kv_base = layout.kv_base();
  job.kv_head_stride = layout.kv_head_stride();
  job.signature_base = layout.signature_base();
  job.signature_head_stride = layout.signature_head_stride();
  job.projection_base = layout.projection_base();

  job.batch = config.workload.batch;
  job.steps = config.workload.steps;
  job.context_tokens = config.workload.context_tokens;
  job.max_blocks = layout.max_blocks();

  job.policy = policy_number(config.policy.name);
  job.k = config.policy.k;
  job.block_tokens = config.policy.block_tokens;
  job.window_tokens = config.policy.window_tokens;
  job.signature_dimension = config.policy.signature_dimension;
  job.chunk_blocks = config.policy.chunk_blocks;
  job.sink_tokens = config.policy.sink_tokens;
  // The exact order is that of the group's mean mass: one list whoever asks.
  const bool is_union = config.policy.granularity == config::Granularity::kQueryHead &&
                        config.policy.name != config::PolicyName::kOracle;
  job.granularity = is_union ? PRISM_GRANULARITY_QUERY_HEAD : PRISM_GRANULARITY_KV_HEAD;
  job.pooling = config.policy.pooling == config::QueryPooling::kMax ? PRISM_POOLING_MAX : PRISM_POOLING_MEAN;
  job.dense_layers = config.policy.dense_layers;
  job.retrieval_share_ppm = retrieval_share_ppm(config);
  job.shared_kv = model.shared_kv() ? 1 : 0;
  job.signature_bytes = static_cast<std::uint32_t>(layout.signature_bytes());
  job.dispatch = config.policy.dispatch == config::Dispatch::kChained ? PRISM_DISPATCH_CHAINED
                                                                      : PRISM_DISPATCH_CPU_DRIVEN;
  job.fetch_channels = config.policy.fetch_channels;

  job.recovery = {.timeout_ns = config.firmware.timeout_ns,
                  .poll_ns = config.firmware.poll_ns,
                  .attempts = config.firmware.attempts,
                  .monitor_steps = monitor_steps(config),
                  .health_limit = config.firmware.health_limit,
                  .ring_entries = config.firmware.ring_entries};
  return job;
}

std::uint32_t retrieval_share_ppm(const config::PlatformConfig& config) {
  return static_cast<std::uint32_t>(std::lround(config.workload.retrieval_share * 1e6));
}

std::vector<std::uint32_t> sequence_lengths(const config::PlatformConfig& config) {
  std::vector<std::uint32_t> lengths;
  if (config.workload.lengths_tokens.empty()) return lengths;
  for (std::uint32_t i = 0; i < config.workload.batch; ++i) lengths.push_back(config.workload.context_of(i));
  return lengths;
}

}  // namespace prism::soc
