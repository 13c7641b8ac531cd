// SPDX-License-Identifier: Apache-2.0
#include "platform/config/config.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "platform/config/checks.h"
#include "platform/config/model_file.h"
#include "platform/config/parse.h"
#include "platform/config/schema.h"
#include "prism/hw/plic.h"

namespace prism::config {
namespace {

workload::ExpertShape parse_moe(const Section& section) {
  return {.layers = section.u32("layers"),
          .experts = section.u32("experts"),
          .experts_per_token = section.u32("experts_per_token"),
          .shared_experts = section.u32("shared_experts"),
          .ffn = section.u32("ffn")};
}

workload::LatentShape parse_mla(const Section& section) {
  return {.query_rank = section.u32("query_rank"),
          .kv_rank = section.u32("kv_rank"),
          .nope_dimension = section.u32("nope_dimension"),
          .rope_dimension = section.u32("rope_dimension"),
          .value_dimension = section.u32("value_dimension")};
}

workload::ModelShape parse_model(const Section& section) {
  return {.name = section.note(),
          .layers = section.u32("layers"),
          .hidden = section.u32("hidden"),
          .query_heads = section.u32("query_heads"),
          .kv_heads = section.u32("kv_heads"),
          .head_dimension = section.u32("head_dimension"),
          .ffn = section.u32("ffn"),
          .vocabulary = section.u32("vocabulary"),
          .qkv_bias = section.flag("qkv_bias"),
          .tied_embeddings = section.flag("tied_embeddings"),
          .weight_bytes_per_parameter = section.u32("weight_bytes_per_parameter"),
          .moe = parse_moe(section.child("moe")),
          .mla = parse_mla(section.child("mla"))};
}

cpu::Rv64CpuConfig parse_rv64(const Section& section) {
  cpu::Rv64CpuConfig config;
  config.clock_mhz = section.number("clock_mhz");
  config.harts = section.u32("harts");
  config.turn_cycles = section.u64("turn_cycles");
  config.quantum_instructions = section.u64("quantum_instructions");
  config.max_instructions = section.optional_u64("max_instructions").value_or(config.max_instructions);
  const Section cycles = section.child("cycles");
  // In the order of rv64::InstructionClass.
  constexpr std::array kClasses = {"alu",    "multiply", "divide", "load",  "store",
                                   "atomic", "branch",   "jump",   "system"};
  static_assert(kClasses.size() == rv64::kInstructionClasses);
  std::transform(kClasses.begin(), kClasses.end(), config.core.cycles.begin(),
                 [&](const char* name) { return cycles.u32(name); });
  config.core.trap_cycles = cycles.u32("trap");
  return config;
}

workload::ContentConfig parse_content(const Section& section) {
  return {.kind = section.text("kind"),
          .topics = section.u32("topics"),
          .topic_strength = section.number("topic_strength"),
          .focus = section.number("focus"),
          .noise = section.number("noise"),
          .sink_strength = section.number("sink_strength"),
          .needles = section.u32("needles"),
          .needle_strength = section.number("needle_strength"),
          .needle_depths = section.numbers("needle_depths"),
          .heavy_tailed = section.flag("heavy_tailed"),
          .query_noise = section.number_or_unknown("query_noise"),
          .value_noise = section.number_or_unknown("value_noise"),
          .local_strength = section.number("local_strength"),
          .local_tokens = section.u32("local_tokens"),
          .rope_theta = section.number_or("rope_theta", 0.0),
          .trace_file = section.text_or("trace_file", "")};
}

/// What the ranker's hardware takes from the workload and from the HBM.
void resolve_ranker(PlatformConfig& config, const Section& section) {
  compute::RankerConfig& ranker = config.compute.ranker;
  ranker.near_memory.gbps =
      section.child("near_memory").number("bandwidth_ratio") * config.hbm.organization.peak_gbps();
  const std::optional<std::uint64_t> capacity = section.child("sram").optional_u64("capacity_bytes");
  if (config.policy.name != PolicyName::kSram) return;
  const std::uint64_t blocks =
      (config.workload.context_tokens + config.workload.steps) / config.policy.block_tokens;
  const std::uint64_t needed = std::uint64_t{config.workload.batch} * config.workload.model.pairs() * blocks *
                               config.policy.signature_dimension * 2;
  ranker.sram.capacity_bytes = capacity.value_or(needed);
}

}  // namespace

workload::WorkloadConfig parse_workload(const Section& section) {
  workload::WorkloadConfig workload{.model = parse_model(section.child("model")),
                                    .context_tokens = section.u32("context_tokens"),
                                    .lengths_tokens = section.u32s("lengths_tokens"),
                                    .batch = section.u32("batch"),
                                    .steps = section.u32("steps"),
                                    .functional_heads = section.u32("functional_heads"),
                                    .retrieval_share = section.number("retrieval_share"),
                                    .content = parse_content(section.child("content"))};
  const std::string model_file = section.text_or("model_file", "");
  if (workload.model.name.empty()) workload.model.name = model_file;
  workload.model.experts_read = workload::expected_experts(workload.model.moe, workload.batch);
  return workload;
}

PolicyConfig parse_policy(const Section& section) {
  PolicyConfig policy{
      .name = section.choice<PolicyName>("name", {{"dense", PolicyName::kDense},
                                                  {"streaming", PolicyName::kStreaming},
                                                  {"oracle", PolicyName::kOracle},
                                                  {"quest", PolicyName::kQuest},
                                                  {"mean_key", PolicyName::kMeanKey},
                                                  {"sram", PolicyName::kSram},
                                                  {"near_memory", PolicyName::kNearMemory},
                                                  {"prism", PolicyName::kPrism}}),
      .k = section.u32("k"),
      .block_tokens = section.u32("block_tokens"),
      .window_tokens = section.u32("window_tokens"),
      .sink_tokens = section.u32("sink_tokens"),
      .signature_dimension = section.u32("signature_dimension"),
      .signature_method =
          section.choice<SignatureMethod>("signature_method", {{"random", SignatureMethod::kRandom},
                                                               {"pca", SignatureMethod::kPca},
                                                               {"identity", SignatureMethod::kIdentity}}),
      .granularity = section.choice<Granularity>(
          "granularity", {{"kv_head", Granularity::kKvHead}, {"query_head", Granularity::kQueryHead}}),
      .pooling = section.choice<QueryPooling>("pooling",
                                              {{"mean", QueryPooling::kMean}, {"max", QueryPooling::kMax}}),
      .dense_layers = section.u32("dense_layers"),
      .chunk_blocks = section.u32("chunk_blocks"),
      .dispatch = section.choice<Dispatch>(
          "dispatch", {{"cpu_driven", Dispatch::kCpuDriven}, {"chained", Dispatch::kChained}}),
      .fetch_channels = section.u32("fetch_channels")};
  const std::uint64_t budget =
      section.optional_u64("budget_tokens").value_or(std::uint64_t{policy.k} * policy.block_tokens);
  const std::uint32_t page = section.u32("page_tokens");
  if (policy.name == PolicyName::kQuest && page < policy.block_tokens) {
    policy.chunk_blocks *= policy.block_tokens / page;
    policy.block_tokens = page;
  }
  policy.k = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, budget / policy.block_tokens));
  if (policy.name == PolicyName::kStreaming && policy.sink_tokens == 0 && policy.window_tokens == 0) {
    // The same budget as the others', a block of it for the sinks.
    policy.sink_tokens = policy.block_tokens;
    policy.window_tokens = (policy.k - 1) * policy.block_tokens;
  }
  return policy;
}

RunConfig parse_run(const Section& section) {
  return {.max_simulated_ms = section.number("max_simulated_ms")};
}

CpuConfig parse_cpu(const Section& section) {
  CpuConfig config;
  config.model =
      section.choice<CpuModel>("model", {{"native", CpuModel::kNative}, {"rv64", CpuModel::kRv64}});
  const Section native = section.child("native");
  config.native.access_ps = native.ns("access_ns");
  config.native.call_ps = native.ns("call_ns");
  config.native.interrupt_ps = native.ns("interrupt_ns");
  config.native.quantum_ps = native.ns("quantum_ns");
  config.rv64 = parse_rv64(section.child("rv64"));
  const Section clint = section.child("clint");
  config.clint.tick_ps = clint.ns("tick_ns");
  config.clint.access_ps = clint.ns("access_ns");
  config.plic.access_ps = section.child("plic").ns("access_ns");
  if (config.model == CpuModel::kRv64) {
    config.clint.harts = config.rv64.harts;
    config.plic.contexts = PLIC_MACHINE_CONTEXT(config.rv64.harts - 1) + 1;
  }
  config.uart.access_ps = section.child("uart").ns("access_ns");
  config.finisher.access_ps = section.child("finisher").ns("access_ns");
  return config;
}

std::string cpu_port(std::uint32_t hart) {
  return hart == 0 ? "cpu" : "cpu" + std::to_string(hart);
}

const interconnect::TargetRange& PlatformConfig::range(std::string_view target) const {
  const auto found = std::find_if(bus.map.begin(), bus.map.end(),
                                  [&](const auto& candidate) { return candidate.name == target; });
  if (found == bus.map.end()) throw std::logic_error("no bus target named " + std::string(target));
  return *found;
}

PlatformConfig parse_config(const ConfigTree& given, std::set<std::string>* read_pointers) {
  const ConfigTree tree = with_model_file(given);
  const Schema schema;
  schema.validate(tree);

  PlatformConfig config;
  config.resolved = schema.complete(tree);
  const Section root(config.resolved, "", read_pointers);
  config.name = root.note();
  config.seed = root.u64("seed");
  config.run = parse_run(root.child("run"));
  config.workload = parse_workload(root.child("workload"));
  config.policy = parse_policy(root.child("policy"));
  config.cpu = parse_cpu(root.child("cpu"));
  config.hbm = parse_hbm(root.child("hbm"));
  config.hbm.faults.seed = config.seed;
  config.photonic = parse_photonic(root.child("photonic"));
  config.photonic.physics.seed = config.seed;
  config.photonic.store.contexts = config.workload.batch * config.workload.model.pairs();
  config.photonic.store.context_blocks =
      (config.workload.context_tokens + config.workload.steps) / config.policy.block_tokens;
  config.semaphores = parse_semaphores(root.child("semaphores"));
  config.dma = parse_dma(root.child("dma"));
  config.compute = parse_compute(root.child("compute"));
  config.firmware = parse_firmware(root.child("firmware"));
  config.faults = parse_platform_faults(root);
  resolve_ranker(config, root.child("compute").child("ranker"));
  config.bus = parse_bus(root.child("interconnect"), root.child("memory_map"),
                         config.hbm.organization.capacity_bytes());
  for (std::uint32_t hart = 1; hart < config.cpu.clint.harts; ++hart) {
    config.bus.initiators.push_back(config.bus.initiators.front());  // the first hart's
    config.bus.initiators.back().name = cpu_port(hart);
  }
  config.ram = parse_memory(root.child("ram"), config.range("ram").bytes);
  config.rom = parse_memory(root.child("rom"), config.range("rom").bytes);
  config.scratchpad = parse_scratchpad(root.child("scratchpad"), config.range("scratchpad").bytes);
  config.workload.content.trace_file = file_beside(tree, "/workload/content/trace_file");
  cross_check(config, root, tree);
  config.warnings = photonic_warnings(config.photonic, "photonic.");
  return config;
}

}  // namespace prism::config
