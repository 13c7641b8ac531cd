// SPDX-License-Identifier: Apache-2.0
// The photonic ranking core as a bus device: registers, commands, signature loads, interrupt.
#pragma once

#include <cstdint>
#include <optional>
#include <systemc>
#include <vector>

#include "models/common/burst_port.h"
#include "models/common/register_target.h"
#include "models/common/statistics.h"
#include "models/photonic/photonic_config.h"
#include "models/photonic/photonic_timing.h"
#include "models/photonic/ranking_core.h"

namespace prism::photonic {

/// Registers as in prism/hw/photonic.h. One command runs at a time; arguments and query are latched when
/// CONTROL accepts it. A LOAD that fails, for its arguments or on the bus, leaves no bank loaded. RANK may
/// rank fewer blocks than were loaded (more is PHOTONIC_ERROR_COUNT). Results appear when RANK ends, after
/// their write-back. RESET abandons the running command (its bursts finish and are ignored), unloads the bank
/// and clears results, error and interrupt status; it keeps arguments, interrupt enables and counters. Does
/// not model overlap of signature reads with ring programming. Latencies and energies: PhotonicTiming.
class PhotonicCore : public sc_core::sc_module {
 public:
  RegisterTarget registers;
  BurstPort memory;
  sc_core::sc_out<bool> irq;

  PhotonicCore(sc_core::sc_module_name name, const PhotonicConfig& config);

  /// `simulated`: time since the start, for static power.
  void report(ModuleStatistics& out, Picoseconds simulated) const;

 private:
  SC_HAS_PROCESS(PhotonicCore);

  struct Command {
    std::uint64_t number;
    bool is_load;
    std::uint32_t count;
    std::uint32_t k;
    std::uint32_t context;
    std::uint64_t address;  // of the signatures, or of the write-back (0: none)
  };
  struct Counters {
    std::uint64_t loads = 0;
    std::uint64_t bytes_loaded = 0;
    std::uint64_t rankings = 0;
    std::uint64_t page_switches = 0;
    std::uint64_t errors = 0;
    Picoseconds loading = 0;
    Picoseconds programming = 0;
    Picoseconds ranking = 0;
    Picoseconds evaluating = 0;
  };

  void declare_registers();
  std::uint32_t read_status() const;
  void write_control(std::uint32_t value);
  std::uint32_t check_load() const;
  std::uint32_t check_rank() const;
  void accept(bool is_load);
  void reset();
  void unload();

  void run_commands();  // SC_THREAD
  void load(const Command& command);
  void rank(const Command& command);
  const TransferBatch& transfer(const Transfer& what);
  bool abandoned(const Command& command) const;
  void finish(std::uint32_t interrupt);
  void fail(std::uint32_t error);        // of the running command, which ends
  void note_error(std::uint32_t error);  // of a command that is refused
  void raise(std::uint32_t interrupt);
  void drive_irq();  // SC_METHOD

  PhotonicConfig config_;
  PhotonicTiming timing_;
  RankingCore core_;
  RegisterBank bank_;
  Register& error_;
  Register& signature_address_;
  Register& signature_count_;
  Register& bank_context_;
  Register& loaded_context_;
  Register& k_;
  Register& result_address_;
  Register& result_count_;
  Register& irq_status_;
  Register& irq_enable_;
  RegisterWindow& query_window_;
  RegisterWindow& results_window_;

  std::optional<Command> active_;
  std::uint64_t commands_ = 0;
  std::vector<Bfloat16> query_;         // latched
  std::vector<Bfloat16> signatures_;    // arriving from memory
  std::vector<RankedBlock> best_;       // of the running RANK
  std::vector<std::uint32_t> indices_;  // leaving to memory
  std::optional<TransferBatch> transfer_;
  sc_core::sc_event start_;
  sc_core::sc_event irq_changed_;
  PhotonicActivity activity_;
  Counters counters_;
};

}  // namespace prism::photonic
