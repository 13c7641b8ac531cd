// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>

#include "models/common/sc_time.h"
#include "platform/report/report.h"
#include "platform/soc/debug_session.h"
#include "platform/soc/job.h"
#include "platform/soc/run_recorder.h"
#include "platform/soc/soc.h"
#include "platform/workload/content_activations.h"
#include "platform/workload/head_sample.h"
#include "platform/workload/kv_page_source.h"
#include "platform/workload/mass_order.h"
#include "platform/workload/projection.h"
#include "platform/workload/synthetic_content.h"
#include "platform/workload/trace_content.h"
#include "prism/hw/memory_map.h"

namespace prism::soc {

namespace {

constexpr Picoseconds kConsoleInterval = 100'000'000;  // between two looks for input

unsigned worker_threads(const RunOptions& options) {
  return options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
}

/// The firmware is no decode firmware: it lies where the job would be, and gets none.
bool covers_job(const rv64::ElfFile& firmware) {
  return std::any_of(firmware.segments.begin(), firmware.segments.end(), [](const auto& segment) {
    return segment.address < PRISM_JOB_ADDRESS + sizeof(prism_job) &&
           PRISM_JOB_ADDRESS < segment.address + segment.memory_bytes;
  });
}

/// The job as it stands in RAM, with what the firmware has written into it; zeros when there is none.
prism_job job_in_ram(const Soc& soc) {
  prism_job job;
  std::memcpy(&job, soc.ram.storage().data(), sizeof job);
  return job.magic == PRISM_JOB_MAGIC ? job : prism_job{};
}

/// The firmware's attention outputs; false when it has not said where they are, or names no scratchpad
/// memory.
bool read_outputs(const Soc& soc, const interconnect::TargetRange& scratchpad, std::span<std::byte> out) {
  const std::uint64_t address = job_in_ram(soc).outputs_address;
  if (address < scratchpad.base || out.size() > scratchpad.bytes ||
      address - scratchpad.base > scratchpad.bytes - out.size()) {
    return false;
  }
  std::memcpy(out.data(), soc.scratchpad.storage().data() + (address - scratchpad.base), out.size());
  return true;
}

std::unique_ptr<workload::KvContent> make_content(const config::PlatformConfig& config) {
  if (config.workload.content.kind == "trace")
    return std::make_unique<workload::TraceContent>(config.workload);
  return std::make_unique<workload::SyntheticContent>(config.workload, config.seed);
}

std::vector<Bfloat16> projection_of(const config::PlatformConfig& config,
                                    const workload::KvContent& content) {
  const std::uint32_t rows = config.policy.signature_dimension;
  const std::uint32_t columns = config.workload.model.head_dimension;
  switch (config.policy.signature_method) {
    case config::SignatureMethod::kRandom:
      break;
    case config::SignatureMethod::kPca:
      return workload::pca_projection(content, config.workload, config.policy.block_tokens, rows);
    case config::SignatureMethod::kIdentity:
      return workload::identity_projection(rows, columns);
  }
  return workload::random_projection(config.seed, rows, columns);
}

/// Nothing when the value means success. Only the host interface's exit is known: odd values, of which 1 is
/// success.
std::string tohost_failure(std::uint64_t value) {
  if (value == 1) return "";
  if ((value & 1) != 0) return "the firmware reported failure " + std::to_string(value >> 1) + " (tohost)";
  return fmt::format("found {:#x} in tohost, expected the end of the program (an odd number)", value);
}

/// Why the run did not end well, or nothing.
std::string failure_of(Soc& soc, Picoseconds simulated) {
  const std::optional<int> exit_code = soc.finisher.exit_code();
  if (exit_code) {
    return *exit_code == 0 ? "" : "the firmware reported failure " + std::to_string(*exit_code);
  }
  if (soc.tohost()) return tohost_failure(*soc.tohost());
  const std::string when = " after " + std::to_string(ns_from_ps(simulated) / 1e6) + " ms of simulated time";
  const std::string where = ": " + soc.cpu_state();
  for (const auto& hart : soc.harts()) {
    if (hart->limit_reached()) {
      return fmt::format("the firmware had not finished{} (cpu.rv64.max_instructions){}", when, where);
    }
    if (hart->trap_loop()) return fmt::format("the hart takes one exception after another{}{}", when, where);
  }
  if (sc_core::sc_pending_activity()) {
    return fmt::format("the firmware had not finished{} (run.max_simulated_ms){}", when, where);
  }
  return fmt::format("nothing more can happen, and the firmware has not ended the run{}{}", when, where);
}

}  // namespace

RunOutcome simulate(const config::PlatformConfig& config, const RunOptions& options) {
  const auto started = std::chrono::steady_clock::now();

  const interconnect::TargetRange& hbm = config.range("hbm");
  const workload::MemoryLayout layout(config.workload, config.policy.block_tokens,
                                      config.policy.signature_dimension, hbm.base,
                                      config::signature_form(config.policy));
  const std::unique_ptr<workload::KvContent> made = make_content(config);
  const workload::KvContent& content = *made;
  const workload::HeadSample sample(config.workload);
  workload::KvPageSource pages(content, layout, config.workload, projection_of(config, content), hbm.base);
  if (config.policy.ranks_signatures() || config.policy.name == config::PolicyName::kQuest) {
    pages.precompute_signatures(worker_threads(options));
  }
  const workload::MassOrder exact(content, layout, sample, config.workload, config.seed);
  const workload::ContentActivations activations(content, config.workload);
  workload::AccuracyEvaluator accuracy(content, config.workload, config.policy.block_tokens);

  std::string console;
  const Soc* running = nullptr;
  RunRecorder recorder(
      config, layout, hbm.base, accuracy,
      [&](std::span<std::byte> out) { return read_outputs(*running, config.range("scratchpad"), out); },
      [&](std::uint32_t step, std::uint32_t layers_done) {
        if (options.timeline != nullptr) options.timeline->on_layer(step, layers_done, now_ps());
        if (!options.progress) return;
        options.progress({.steps_done = step,
                          .steps_total = config.workload.steps,
                          .layers_done = layers_done,
                          .layers_total = config.workload.model.layers,
                          .simulated_ns = ns_from_ps(now_ps())});
      });

  Soc soc("soc", config,
          {.hbm_content = &pages,
           .signatures = &pages,
           .activations = &activations,
           .exact_order = &exact,
           .firmware = options.firmware,
           .on_hbm_request = [&](const tlm::tlm_generic_payload& payload) { recorder.observe(payload); },
           .timeline = options.timeline,
           .on_console =
               [&](char character) {
                 console.push_back(character);
                 if (options.on_console) options.on_console(character);
               }});
  running = &soc;
  if (options.console_input) {
    sc_core::sc_spawn([&] {
      while (true) {
        sc_core::wait(to_sc_time(kConsoleInterval));
        soc.uart.receive(options.console_input());
      }
    });
  }
  const prism_job job = make_job(config, layout);
  if (options.firmware == nullptr || !covers_job(*options.firmware)) {
    soc.ram.load(PRISM_JOB_ADDRESS - config.range("ram").base, std::as_bytes(std::span(&job, 1)));
    const std::vector<std::uint32_t> lengths = sequence_lengths(config);
    if (!lengths.empty()) {
      soc.ram.load(job.lengths_address - config.range("ram").base, std::as_bytes(std::span(lengths)));
    }
  }

  // The firmware's end of the run is no news worth a line of SystemC's own.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  const Picoseconds limit = ps_from_ns(config.run.max_simulated_ms * 1e6);
  if (options.trace.out != nullptr) trace_instructions(soc.harts(), options.firmware->symbols, options.trace);
  if (options.timeline != nullptr) options.timeline->attach(soc, options.firmware);
  std::optional<DebugSession> debugger;
  if (options.debugger != nullptr) debugger.emplace(*options.debugger, soc, config);
  if (debugger) {
    debugger->run(limit);
  } else {
    sc_core::sc_start(to_sc_time(limit), sc_core::SC_EXIT_ON_STARVATION);
  }

  report::Measurements measured;
  measured.simulated = now_ps();
  if (options.timeline != nullptr) options.timeline->finish(measured.simulated);
  measured.failure =
      debugger && debugger->was_killed() ? "gdb ended the run" : failure_of(soc, measured.simulated);
  measured.exit_code = measured.failure.empty() ? 0 : 1;
  if (debugger) debugger->finish(soc.finisher.exit_code().value_or(measured.exit_code));
  measured.console = console;
  measured.steps_done = job_in_ram(soc).steps_done;
  measured.hbm_read = soc.hbm.read_by_purpose();
  measured.hbm_written = soc.hbm.written_by_purpose();
  measured.bus_to_hbm = soc.bus.bytes_to("hbm");
  measured.initiators = soc.initiator_bytes();
  measured.bus = soc.bus_bytes();
  measured.blocks_total = recorder.blocks_total();
  measured.blocks_selected = recorder.blocks_selected();
  const std::vector<workload::SelectionAccuracy> selections = accuracy.evaluate(worker_threads(options));
  measured.accuracy = workload::summarize(selections);
  measured.accuracy_by_head = workload::summarize_by_head(selections);
  measured.accuracy_sample = accuracy.sample_size();
  measured.accuracy_heads = static_cast<std::uint32_t>(layout.heads());
  measured.faults = job_in_ram(soc).faults;
  measured.injected = soc.faults.struck();
  measured.modules = soc.statistics(measured.simulated);
  measured.warnings = soc.hbm.warnings();
  measured.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::vector<std::byte> signature(options.signature.bytes);
  if (!signature.empty()) soc.harts().front()->debug_read(options.signature.address, signature);
  return {.exit_code = measured.exit_code,
          .failure = measured.failure,
          .signature = std::move(signature),
          .report = report::build_report(config, measured)};
}

Inventory take_inventory(const config::PlatformConfig& config) {
  Soc soc("soc", config,
          {.hbm_content = nullptr,
           .signatures = nullptr,
           .activations = nullptr,
           .exact_order = nullptr,
           .firmware = nullptr,
           .on_hbm_request = [](const tlm::tlm_generic_payload&) {},
           .timeline = nullptr,
           .on_console = [](char) {}});
  Inventory inventory;
  for (const Soc::NamedBank& item : soc.register_banks()) {
    DeviceRegisters device{
        .device = item.target, .base = config.range(item.target).base, .registers = {}, .windows = {}};
    for (const auto& entry : item.bank->registers()) device.registers.push_back(entry->spec());
    for (const auto& window : item.bank->windows()) {
      device.windows.push_back(
          {window->name, window->offset, window->bytes, window->writable, window->description});
    }
    inventory.devices.push_back(std::move(device));
  }
  inventory.statistics = soc.statistics(0);
  return inventory;
}

}  // namespace prism::soc
