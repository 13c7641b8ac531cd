// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "models/common/activity.h"
#include "models/common/burst_port.h"
#include "models/common/register_bank.h"
#include "models/common/register_target.h"
#include "models/common/semaphore_client.h"
#include "models/common/statistics.h"
#include "models/compute/activation_source.h"
#include "models/compute/attention.h"
#include "models/compute/block_ranker.h"
#include "models/compute/command.h"
#include "models/compute/compute_config.h"
#include "models/compute/compute_timing.h"
#include "models/compute/exact_order.h"
#include "models/compute/signature_sram.h"
#include "models/compute/sketch.h"

namespace prism::compute {

/// What the workload knows of a ranking; both may be nullptr.
struct RankingContent {
  const SignatureSource* signatures = nullptr;  // what the signature SRAM holds at the start
  const ExactOrder* exact = nullptr;            // nullptr: RANK with COMPUTE_RANK_EXACT fails
};

/// The compute engine: executes GEMV, PROJECT_QKV, ATTEND, SKETCH, RANK, BOUNDS and NOP commands
/// (firmware/include/prism/hw/compute.h) in order, from its
/// argument registers or from a ring in memory. ATTEND and SKETCH really compute, on the bytes that the
/// bus returns; the matrix products of GEMV and PROJECT_QKV are time and traffic alone. A command takes
/// command_ps, then streams its data through operand buffers: the next pieces are fetched while one is
/// computed on. Not modelled: the on-chip path of activations, array utilisation.
///
/// The first failing command stops the engine: ERROR and ERROR_COMMAND say what and which, and no later
/// command executes until CONTROL_RESET. After a doorbell with a full queue, the commands accepted before it
/// still execute. While ERROR is set, doorbells are ignored. Commands are numbered from 1, as COMPLETED
/// counts. CONTROL_RESET drops all commands (one that is executing stops when its outstanding bursts have
/// returned, silently), and clears the error, IRQ_STATUS, COMPLETED and the running softmax; the arguments
/// and IRQ_ENABLE stay.
class ComputeEngine : public sc_core::sc_module {
 public:
  RegisterTarget registers;
  BurstPort memory;
  SemaphoreClient::Port semaphores;  // unbound: commands may name none
  sc_core::sc_out<bool> irq;

  /// `activations` outlives the engine; nullptr: PROJECT_QKV is an unknown opcode.
  ComputeEngine(sc_core::sc_module_name name, const ComputeConfig& config,
                const ActivationSource* activations, const RankingContent& ranking = {});

  void report(ModuleStatistics& out) const;
  /// `observer` is told of every command that has ended, whichever way.
  void on_activity(ActivityObserver observer) { on_activity_ = std::move(observer); }
  /// Commands accepted and not ended, those of the ring that have not been fetched included.
  std::size_t queue_depth() const { return accepted() + (producer_->value32() - ring_fetched_); }

 private:
  struct Fault {
    std::uint32_t error;  // COMPUTE_ERROR_*
    std::string text;
  };
  using Outcome = std::optional<Fault>;  // nothing: success

  struct Operation {
    const char* name;
    Outcome (ComputeEngine::*run)(const Command& command);
  };
  static const std::array<Operation, 4> kOperations;  // by opcode - 1

  struct Usage {
    Picoseconds busy = 0;
    std::uint64_t commands = 0;
  };

  /// Data that passes through operand buffers: pieces are fetched ahead and computed on in order.
  struct Stream {
    std::uint64_t pieces;
    std::uint32_t buffers;
    std::function<void(std::uint64_t piece, std::uint32_t buffer, TransferBatch& batch)> fetch;
    std::function<Picoseconds(std::uint64_t piece, std::uint32_t buffer)> compute;  // how long it takes
  };

  void add_registers();
  template <typename Field>
  void add_argument(const char* name, std::uint64_t offset, Field Command::*field, const char* description);
  void write_control(std::uint32_t value);
  void ring_doorbell();
  void push(Command command);
  std::size_t accepted() const { return queue_.size() + (executing_ && !cancelled() ? 1 : 0); }
  std::uint32_t ring_position() const { return ring_fetched_ & (ring_entries_->value32() - 1); }
  const char* ring_error() const;
  bool can_fetch() const;

  void fetch_commands();    // process
  void execute_commands();  // process
  void drive_irq();         // process
  bool take_semaphore(const Command& command);
  Outcome execute(const Command& command);
  Outcome gemv(const Command& command);
  Outcome project_qkv(const Command& command);
  Outcome attend(const Command& command);
  Outcome sketch(const Command& command);

  // compute_engine_rank.cpp
  Outcome rank(const Command& command);
  Outcome rank_over_bus(const Command& command, std::vector<std::uint32_t>& list);
  Outcome rank_in_sram(const Command& command, std::vector<std::uint32_t>& list);
  Outcome rank_near_memory(const Command& command, std::vector<std::uint32_t>& list);
  Outcome rank_exactly(const Command& command, std::vector<std::uint32_t>& list);
  Outcome bounds(const Command& command);
  Outcome start_ranking(const Command& command);
  static Fault bus_fault(std::uint64_t address);
  Picoseconds score_ps(std::uint64_t macs, std::uint64_t rows) const;
  void report_ranking(ModuleStatistics& out) const;

  Outcome stream(const Stream& stream);
  Outcome write_out(std::uint64_t address, Purpose purpose);  // the result_
  Picoseconds charge(const Work& work);
  void fail(std::uint32_t number, const Fault& fault);
  void tell(const Command& command, Picoseconds begun) const;
  void raise(std::uint32_t interrupt);
  bool cancelled() const { return executing_generation_ != generation_; }

  ComputeConfig config_;
  const ActivationSource* activations_;
  ComputeTiming timing_;
  RegisterBank bank_;
  Register* error_ = nullptr;
  Register* error_command_ = nullptr;
  Register* irq_status_ = nullptr;
  Register* irq_enable_ = nullptr;
  Register* ring_address_ = nullptr;
  Register* ring_entries_ = nullptr;
  Register* ring_laps_ = nullptr;
  Register* coalesce_ = nullptr;
  Register* producer_ = nullptr;
  SemaphoreClient semaphore_client_;

  Command next_;  // as the argument registers stand
  std::deque<Command> queue_;
  bool executing_ = false;
  bool halted_ = false;                     // a command failed: wait for a reset
  std::uint64_t generation_ = 0;            // counts resets
  std::uint64_t executing_generation_ = 0;  // when the executing command started
  std::uint32_t completed_ = 0;
  std::uint32_t collected_ = 0;     // completions that no interrupt has told of
  std::uint32_t ring_fetched_ = 0;  // commands taken from the ring
  sc_core::sc_event work_;
  sc_core::sc_event ring_work_;
  sc_core::sc_event reset_;
  sc_core::sc_event irq_changed_;

  OnlineAttention attention_;
  SketchAccumulator sketch_;
  std::vector<std::vector<Bfloat16>> buffers_;  // a piece each
  std::vector<Bfloat16> operand_;               // queries, or the sketch's matrix
  std::vector<Bfloat16> result_;

  const ExactOrder* exact_;
  BlockRanker ranker_;
  SignatureSram sram_;
  Usage ranking_;  // RANK
  std::uint64_t rows_ranked_ = 0;
  std::uint64_t ranking_macs_ = 0;
  std::uint64_t near_memory_bytes_ = 0;

  std::array<Usage, 4> usage_;
  Work work_done_;
  Picoseconds busy_ps_ = 0;
  Picoseconds compute_ps_ = 0;
  Picoseconds load_ps_ = 0;     // operands of commands on their way
  Picoseconds waiting_ps_ = 0;  // for semaphores
  std::uint64_t commands_ = 0;
  std::uint64_t errors_ = 0;
  ActivityObserver on_activity_;
};

}  // namespace prism::compute
