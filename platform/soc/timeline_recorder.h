// SPDX-License-Identifier: Apache-2.0
// Watches a SoC from outside and writes what it sees to a timeline. The simulation is the same with it and
// without.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <tlm>
#include <vector>

#include "models/cpu/rv64/elf_file.h"
#include "platform/soc/traffic_monitor.h"
#include "platform/timeline/call_stack.h"
#include "platform/timeline/device_tracks.h"
#include "platform/timeline/port_tracks.h"
#include "platform/timeline/sampler.h"
#include "platform/timeline/trace_log.h"

namespace prism::soc {

class Soc;

/// docs/timeline.md says what is on which track.
class TimelineRecorder {
 public:
  struct Options {
    bool transactions = false;  // each of them, beside the phases
    std::uint64_t max_events = 1000000;
  };

  explicit TimelineRecorder(const Options& options);

  // For the SoC under construction.
  TrafficMonitor::TimedObserver observe_hbm();
  TrafficMonitor::TimedObserver observe_master(const std::string& name);
  /// For a SoC that is complete. `firmware`: of the RISC-V CPU, or null; both outlive the run.
  void attach(Soc& soc, const rv64::ElfFile* firmware);

  /// A layer of a decode step is done, as RunRecorder sees it.
  void on_layer(std::uint32_t step, std::uint32_t layers_done, Picoseconds at);
  void finish(Picoseconds now);

  const timeline::TraceLog& log() const { return log_; }
  /// What the HBM tracks hold.
  std::uint64_t hbm_bytes() const { return hbm_.bytes(); }

 private:
  TrafficMonitor::TimedObserver observe(timeline::PortTracks& port);
  void trace_functions(Soc& soc, const rv64::SymbolTable& symbols);
  timeline::Snapshot look() const;

  Options options_;
  timeline::TraceLog log_;
  timeline::TraceLog::Track steps_;
  timeline::DeviceTracks devices_;
  timeline::PortTracks hbm_;
  timeline::Sampler sampler_;
  std::vector<std::unique_ptr<timeline::PortTracks>> masters_;
  std::optional<timeline::CallStack> functions_;
  Soc* soc_ = nullptr;
  std::optional<std::uint32_t> step_;  // under way
  Picoseconds step_begun_ = 0;
  Picoseconds layer_begun_ = 0;
};

}  // namespace prism::soc
