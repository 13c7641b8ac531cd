// SPDX-License-Identifier: Apache-2.0
// The photonic ranking core as a bus device: registers, queued commands, signature loads, interrupt.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <systemc>
#include <vector>

#include "models/common/activity.h"
#include "models/common/burst_port.h"
#include "models/common/register_target.h"
#include "models/common/sc_time.h"
#include "models/common/semaphore_if.h"
#include "models/common/statistics.h"
#include "models/photonic/bank_contexts.h"
#include "models/photonic/photonic_config.h"
#include "models/photonic/photonic_timing.h"

namespace prism::photonic {

/// Registers and the rules of commands as in prism/hw/photonic.h. A LOAD that fails leaves no bank loaded.
/// RANK may rank fewer blocks than were loaded. Results appear when RANK ends, after their write-back. RESET
/// abandons all commands (the bursts of a running one finish and are ignored), unloads the bank and clears
/// results, error and interrupt status; it keeps arguments, interrupt enables, counters, faults, row map and
/// what is stored on the chip. What a resident bank or the on-chip store hold at the start costs neither time
/// nor traffic: it was written before. Does not model overlap of signature reads with ring programming, nor
/// the write energy of the store. Latencies and energies: PhotonicTiming; scores: PhotonicRanker.
class PhotonicCore : public sc_core::sc_module {
 public:
  RegisterTarget registers;
  BurstPort memory;
  sc_core::sc_out<bool> irq;
  sc_core::sc_port<SemaphoreIf, 1, sc_core::SC_ZERO_OR_MORE_BOUND> semaphores;

  /// `prefilled` may be null and outlives this.
  PhotonicCore(sc_core::sc_module_name name, const PhotonicConfig& config,
               const SignatureSource* prefilled = nullptr);

  /// `simulated`: time since the start, for static power.
  void report(ModuleStatistics& out, Picoseconds simulated) const;
  /// `observer` is told of every command that has ended, whichever way.
  void on_activity(ActivityObserver observer) { on_activity_ = std::move(observer); }
  /// Commands accepted and not ended.
  std::size_t queue_depth() const { return queue_.size(); }
  /// What the chip's sensor reads, mK off the set point.
  double temperature_mk() { return banks_.rings(0).temperature_mk(now_ps()); }

 private:
  SC_HAS_PROCESS(PhotonicCore);

  using Semaphore = std::optional<std::pair<std::uint32_t, std::uint32_t>>;  // index, amount
  struct Command {
    std::uint32_t number;
    std::uint32_t kind;  // PHOTONIC_CONTROL_*
    std::uint32_t count;
    std::uint32_t first_block;
    std::uint32_t context;
    std::uint32_t k;
    std::uint32_t query_slot;
    std::uint64_t signatures;  // addresses; 0: none
    std::uint64_t results;
    std::uint64_t scores;
    Semaphore wait;
    Semaphore signal;
  };
  struct Counters {
    std::uint64_t loads = 0;
    std::uint64_t bytes_loaded = 0;
    std::uint64_t blocks_stored = 0;
    std::uint64_t rankings = 0;
    std::uint64_t page_switches = 0;
    std::uint64_t clipped = 0;
    std::uint64_t calibrations = 0;
    std::uint64_t monitorings = 0;
    std::uint64_t rows_remapped = 0;
    std::uint64_t faults_injected = 0;
    std::uint64_t errors = 0;
    Picoseconds waiting = 0;  // for semaphores
    Picoseconds loading = 0;
    Picoseconds programming = 0;
    Picoseconds ranking = 0;
    Picoseconds evaluating = 0;
    Picoseconds maintaining = 0;  // STORE, CALIBRATE and MONITOR
  };

  // photonic_registers.cpp
  void declare_geometry();
  void declare_commands();
  void declare_health();
  std::uint32_t read_status() const;
  Command latch(std::uint32_t kind) const;

  void write_control(std::uint32_t value);
  void accept(const Command& command);
  std::uint32_t check(const Command& command) const;
  std::uint32_t check_rank(const Command& command) const;
  std::uint32_t check_store(const Command& command) const;
  void reset();
  void map_row();
  void inject();
  void clear_faults();
  std::uint32_t check_bank_register() const;

  void run_commands();  // SC_THREAD
  bool take_semaphore(const Command& command);
  void execute(const Command& command);
  void tell(const Command& command, Picoseconds begun) const;
  void load(const Command& command);
  void program(const Command& command, std::span<const Bfloat16> signatures);
  void rank(const Command& command);
  bool write_back(const Command& command, const std::vector<RankedBlock>& best);
  void store(const Command& command);
  void calibrate(const Command& command);
  void monitor(const Command& command);
  bool read_signatures(const Command& command, Purpose purpose);
  bool abandoned(const Command& command) const;
  void finish(const Command& command, std::uint32_t interrupt);
  void fail(const Command& command, std::uint32_t error);
  void note_error(std::uint32_t error, std::uint32_t number);
  void unload();
  void raise(std::uint32_t interrupt);
  void drive_irq();  // SC_METHOD

  PhotonicConfig config_;
  PhotonicTiming timing_;
  BankContexts banks_;
  RegisterBank bank_;
  Register* error_ = nullptr;
  Register* error_number_ = nullptr;
  Register* signature_address_ = nullptr;
  Register* signature_count_ = nullptr;
  Register* first_block_ = nullptr;
  Register* bank_context_ = nullptr;
  Register* loaded_context_ = nullptr;
  Register* k_ = nullptr;
  Register* query_slot_ = nullptr;
  Register* result_address_ = nullptr;
  Register* score_address_ = nullptr;
  Register* result_count_ = nullptr;
  Register* wait_ = nullptr;
  Register* signal_ = nullptr;
  Register* irq_status_ = nullptr;
  Register* irq_enable_ = nullptr;
  Register* health_limit_ = nullptr;
  Register* bad_rows_ = nullptr;
  Register* worst_row_ = nullptr;
  Register* row_logical_ = nullptr;
  Register* row_physical_ = nullptr;
  Register* fault_kind_ = nullptr;
  Register* fault_row_ = nullptr;
  Register* fault_ring_ = nullptr;
  Register* fault_weight_ = nullptr;
  RegisterWindow* query_window_ = nullptr;
  RegisterWindow* results_window_ = nullptr;
  RegisterWindow* health_window_ = nullptr;

  std::deque<Command> queue_;         // the first is running
  PhotonicRanker* loaded_ = nullptr;  // the rings that RANK uses
  std::uint32_t submitted_ = 0;
  std::uint32_t completed_ = 0;
  std::vector<Bfloat16> query_;
  std::vector<Bfloat16> signatures_;    // arriving from memory
  std::vector<std::uint32_t> indices_;  // leaving to memory
  std::vector<float> scores_;
  std::optional<TransferBatch> transfer_;
  sc_core::sc_event start_;
  sc_core::sc_event abandoned_;
  sc_core::sc_event irq_changed_;
  PhotonicActivity activity_;
  Counters counters_;
  ActivityObserver on_activity_;
};

}  // namespace prism::photonic
