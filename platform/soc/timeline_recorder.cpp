// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/timeline_recorder.h"

#include <algorithm>

#include "models/common/sc_time.h"
#include "models/common/transaction_info.h"
#include "platform/soc/soc.h"

namespace prism::soc {

using timeline::CallStack;
using timeline::PortTracks;

TimelineRecorder::TimelineRecorder(const Options& options)
    : options_(options),
      log_(options.max_events),
      steps_(log_.track("decode", "steps and layers")),
      devices_(log_),
      hbm_(log_, "hbm", options.transactions),
      sampler_([this] { return look(); }) {
  for (const char* group : {"cpu", "photonic", "dma", "compute"}) log_.track(group, "commands");
}

TrafficMonitor::TimedObserver TimelineRecorder::observe(PortTracks& port) {
  return {.on_begin =
              [&port](const tlm::tlm_generic_payload& payload, Picoseconds at) {
                port.begin(&payload, transaction_info(payload).purpose, payload.get_data_length(), at);
              },
          .on_end = [&port](const tlm::tlm_generic_payload& payload,
                            Picoseconds at) { port.end(&payload, at, payload.is_response_error()); }};
}

TrafficMonitor::TimedObserver TimelineRecorder::observe_hbm() {
  TrafficMonitor::TimedObserver observer = observe(hbm_);
  observer.on_begin = [this, begin = observer.on_begin](const tlm::tlm_generic_payload& payload,
                                                        Picoseconds at) {
    begin(payload, at);
    sampler_.at(now_ps(), hbm_.under_way());
  };
  return observer;
}

TrafficMonitor::TimedObserver TimelineRecorder::observe_master(const std::string& name) {
  masters_.push_back(std::make_unique<PortTracks>(log_, name, options_.transactions));
  return observe(*masters_.back());
}

void TimelineRecorder::attach(Soc& soc, const rv64::ElfFile* firmware) {
  soc_ = &soc;
  soc.photonic.on_activity([this](const Activity& activity) { devices_.add("photonic", activity); });
  soc.dma.on_activity([this](const Activity& activity) { devices_.add("dma", activity); });
  soc.compute.on_activity([this](const Activity& activity) { devices_.add("compute", activity); });
  if (!soc.harts().empty() && firmware != nullptr) trace_functions(soc, firmware->symbols);
}

void TimelineRecorder::trace_functions(Soc& soc, const rv64::SymbolTable& symbols) {
  functions_.emplace(log_);
  cpu::Rv64Cpu& cpu = *soc.harts().front();
  // Most instructions are in the function of the one before.
  cpu.hart().set_trace({.on_instruction = [this, &cpu, &symbols, function = CallStack::Function{},
                                           last = std::uint64_t{0}](std::uint64_t pc, std::uint32_t) mutable {
    if (pc > function.first && pc <= last) return;
    const auto place = symbols.find(pc);
    if (!place) return;
    const std::uint64_t first = pc - place->offset;
    last = first == function.first ? std::max(last, pc) : pc;
    function = {place->name, first};
    functions_->step(function, pc, cpu.local_time());
  }});
}

timeline::Snapshot TimelineRecorder::look() const {
  timeline::Snapshot seen;
  seen.hbm_bytes = hbm_.bytes();
  seen.channel_bytes = soc_->hbm.bytes_per_channel();
  for (const ModuleStatistics& module : soc_->statistics(now_ps())) {
    if (module.energies().empty()) continue;
    double energy = 0;
    for (const EnergyItem& item : module.energies()) energy += item.picojoules;
    seen.energy_pj.emplace_back(module.owner(), energy);
  }
  seen.temperature_c.emplace_back("hbm", soc_->hbm.temperature_c());
  seen.photonic_off_set_point_mk = soc_->photonic.temperature_mk();
  seen.queues.push_back({"photonic", "queue_depth_commands", soc_->photonic.queue_depth()});
  seen.queues.push_back({"compute", "queue_depth_commands", soc_->compute.queue_depth()});
  const std::vector<std::uint32_t> channels = soc_->dma.queue_depths();
  for (std::size_t i = 0; i < channels.size(); ++i)
    seen.queues.push_back({"dma", "queue_depth_channel" + std::to_string(i), channels[i]});
  return seen;
}

void TimelineRecorder::on_layer(std::uint32_t step, std::uint32_t layers_done, Picoseconds at) {
  if (step_ != step) {
    if (step_) log_.slice(steps_, "step " + std::to_string(*step_), step_begun_, layer_begun_);
    step_ = step;
    step_begun_ = layer_begun_;
  }
  log_.slice(steps_, "layer " + std::to_string(layers_done - 1), layer_begun_, at);
  layer_begun_ = at;
}

void TimelineRecorder::finish(Picoseconds now) {
  if (step_) log_.slice(steps_, "step " + std::to_string(*step_), step_begun_, now);
  if (functions_) functions_->finish(now);
  hbm_.finish(now);
  for (const auto& master : masters_) master->finish(now);
  const hbm::Organization& hbm = soc_->hbm.config().organization;
  sampler_.finish(now, hbm.peak_gbps() / static_cast<double>(soc_->hbm.bytes_per_channel().size()), log_);
}

}  // namespace prism::soc
