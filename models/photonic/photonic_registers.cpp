// SPDX-License-Identifier: Apache-2.0
// The register file of PhotonicCore: names, offsets, access, and what they read from.
#include <functional>
#include <string>

#include "models/common/sc_time.h"
#include "models/photonic/photonic_core.h"
#include "prism/hw/photonic.h"
#include "prism/hw/semaphores.h"

namespace prism::photonic {
namespace {

constexpr std::uint32_t kVersion = 2;

std::optional<std::pair<std::uint32_t, std::uint32_t>> semaphore_of(std::uint32_t operand) {
  if (operand == 0) return std::nullopt;
  return std::pair{SEMAPHORES_OPERAND_INDEX(operand), SEMAPHORES_OPERAND_AMOUNT(operand)};
}

}  // namespace

void PhotonicCore::declare_geometry() {
  const auto constant = [this](const char* name, std::uint64_t offset, std::uint64_t value,
                               const char* description) {
    bank_.add({name, offset, 4, RegisterAccess::kReadOnly, value, description});
  };
  constant("ID", PHOTONIC_ID, PHOTONIC_ID_VALUE, "identity");
  constant("VERSION", PHOTONIC_VERSION, kVersion, "version of the register interface");
  constant("ROWS", PHOTONIC_ROWS, config_.rows, "logical rows");
  constant("WAVELENGTHS", PHOTONIC_WAVELENGTHS, config_.wavelengths, "signature dimension");
  constant("MAX_BLOCKS", PHOTONIC_MAX_BLOCKS, config_.max_blocks, "blocks that a bank can hold");
  constant("PHYSICAL_ROWS", PHOTONIC_PHYSICAL_ROWS, banks_.rings(0).physical_rows(), "rows and spares");
  constant("PLACEMENT", PHOTONIC_PLACEMENT, static_cast<std::uint64_t>(banks_.placement()),
           "where signatures live: 0 HBM, 1 on-chip SRAM, 2 resident");
  constant("CONTEXTS", PHOTONIC_CONTEXTS, banks_.contexts(), "bank contexts kept on the chip");
  constant("QUEUE_DEPTH", PHOTONIC_QUEUE_DEPTH, config_.queue_depth, "commands that can wait or run");
  constant("QUERY_SLOTS", PHOTONIC_QUERY_SLOTS, PHOTONIC_QUERY_SLOT_COUNT, "queries that the window holds");
}

void PhotonicCore::declare_commands() {
  const auto status = [this](const char* name, std::uint64_t offset, std::uint64_t reset,
                             const char* description) {
    return &bank_.add({name, offset, 4, RegisterAccess::kReadOnly, reset, description});
  };
  const auto argument = [this](const char* name, std::uint64_t offset, std::uint32_t bytes,
                               const char* description) {
    return &bank_.add({name, offset, bytes, RegisterAccess::kReadWrite, 0, description});
  };
  const auto counter = [this](const char* name, std::uint64_t offset, std::uint32_t bytes,
                              const char* description, std::function<std::uint64_t()> value) {
    bank_.add({name, offset, bytes, RegisterAccess::kReadOnly, 0, description}).on_read(std::move(value));
  };

  bank_.add({"CONTROL", PHOTONIC_CONTROL, 4, RegisterAccess::kWriteOnly, 0, "command"})
      .on_write([this](std::uint64_t value) { write_control(static_cast<std::uint32_t>(value)); });
  counter("STATUS", PHOTONIC_STATUS, 4, "state", [this] { return read_status(); });
  error_ = status("ERROR", PHOTONIC_ERROR, PHOTONIC_ERROR_NONE, "error of the last command");
  error_number_ = status("ERROR_NUMBER", PHOTONIC_ERROR_NUMBER, 0, "command that failed; 0: it was refused");
  counter("SUBMITTED", PHOTONIC_SUBMITTED, 4, "last accepted command", [this] { return submitted_; });
  counter("COMPLETED", PHOTONIC_COMPLETED, 4, "last command that ended", [this] { return completed_; });
  signature_address_ = argument("SIGNATURE_ADDRESS", PHOTONIC_SIGNATURE_ADDRESS, 8, "first signature");
  signature_count_ =
      argument("SIGNATURE_COUNT", PHOTONIC_SIGNATURE_COUNT, 4, "blocks to load, rank or store");
  first_block_ = argument("FIRST_BLOCK", PHOTONIC_FIRST_BLOCK, 4, "STORE: the first block to write");
  bank_context_ = argument("BANK_CONTEXT", PHOTONIC_BANK_CONTEXT, 4, "bank to load or to store to");
  loaded_context_ =
      status("LOADED_CONTEXT", PHOTONIC_LOADED_CONTEXT, PHOTONIC_NO_CONTEXT, "the bank that RANK uses");
  k_ = argument("K", PHOTONIC_K, 4, "blocks to return");
  query_slot_ = argument("QUERY_SLOT", PHOTONIC_QUERY_SLOT, 4, "RANK: slot of the query");
  result_address_ = argument("RESULT_ADDRESS", PHOTONIC_RESULT_ADDRESS, 8, "where indices go; 0: nowhere");
  score_address_ = argument("SCORE_ADDRESS", PHOTONIC_SCORE_ADDRESS, 8, "where scores go; 0: nowhere");
  result_count_ = status("RESULT_COUNT", PHOTONIC_RESULT_COUNT, 0, "valid entries in the result window");
  wait_ = argument("WAIT", PHOTONIC_WAIT, 4, "semaphore to take first; 0: none");
  signal_ = argument("SIGNAL", PHOTONIC_SIGNAL, 4, "semaphore to add to afterwards; 0: none");

  const auto update_irq = [this](std::uint64_t) { irq_changed_.notify(sc_core::SC_ZERO_TIME); };
  irq_status_ = &bank_.add(
      {"IRQ_STATUS", PHOTONIC_IRQ_STATUS, 4, RegisterAccess::kWriteOneToClear, 0, "pending interrupts"});
  irq_status_->on_write(update_irq);
  irq_enable_ = argument("IRQ_ENABLE", PHOTONIC_IRQ_ENABLE, 4, "enabled interrupts");
  irq_enable_->on_write(update_irq);

  counter("EVALUATIONS", PHOTONIC_EVALUATIONS, 8, "optical passes so far",
          [this] { return activity_.evaluations; });
  counter("LOADS", PHOTONIC_LOADS, 8, "bank loads so far", [this] { return counters_.loads; });
  counter("BYTES_LOADED", PHOTONIC_BYTES_LOADED, 8, "signature bytes brought to the rings so far",
          [this] { return counters_.bytes_loaded; });

  query_window_ = &bank_.add_window("QUERY", PHOTONIC_QUERY,
                                    std::uint64_t{PHOTONIC_QUERY_SLOT_COUNT} * PHOTONIC_QUERY_BYTES, true,
                                    "queries, bf16 values, a slot each");
  results_window_ = &bank_.add_window("RESULTS", PHOTONIC_RESULTS, PHOTONIC_RESULTS_BYTES, false,
                                      "{u32 index, f32 score}, best first");
}

void PhotonicCore::declare_health() {
  const auto argument = [this](const char* name, std::uint64_t offset, const char* description) {
    return &bank_.add({name, offset, 4, RegisterAccess::kReadWrite, 0, description});
  };
  bank_
      .add({"TEMPERATURE", PHOTONIC_TEMPERATURE, 4, RegisterAccess::kReadOnly, 0,
            "mK off the set point, signed"})
      .on_read([this] { return static_cast<std::uint32_t>(static_cast<std::int32_t>(temperature_mk())); });
  health_limit_ = argument("HEALTH_LIMIT", PHOTONIC_HEALTH_LIMIT, "error of a bad row, 1e-6 of a weight");
  bad_rows_ = &bank_.add(
      {"BAD_ROWS", PHOTONIC_BAD_ROWS, 4, RegisterAccess::kReadOnly, 0, "bad rows found by the last MONITOR"});
  worst_row_ = &bank_.add(
      {"WORST_ROW", PHOTONIC_WORST_ROW, 4, RegisterAccess::kReadOnly, 0, "row with the largest error"});
  row_logical_ = argument("ROW_LOGICAL", PHOTONIC_ROW_LOGICAL, "MAP_ROW: this row");
  row_physical_ = argument("ROW_PHYSICAL", PHOTONIC_ROW_PHYSICAL, "MAP_ROW: uses these rings");
  fault_kind_ = argument("FAULT_KIND", PHOTONIC_FAULT_KIND, "INJECT: kind of fault");
  fault_row_ = argument("FAULT_ROW", PHOTONIC_FAULT_ROW, "INJECT: physical row");
  fault_ring_ = argument("FAULT_RING", PHOTONIC_FAULT_RING, "INJECT: ring of the row");
  fault_weight_ = argument("FAULT_WEIGHT", PHOTONIC_FAULT_WEIGHT, "INJECT: of a stuck ring, 1e-6, signed");
  health_window_ = &bank_.add_window("HEALTH", PHOTONIC_HEALTH, PHOTONIC_HEALTH_BYTES, false,
                                     "i32 a logical row: error of a weight, 1e-6");
}

std::uint32_t PhotonicCore::read_status() const {
  std::uint32_t status = 0;
  if (!queue_.empty()) {
    status |= PHOTONIC_STATUS_BUSY;
    if (queue_.front().kind == PHOTONIC_CONTROL_LOAD) status |= PHOTONIC_STATUS_LOADING;
    if (queue_.front().kind == PHOTONIC_CONTROL_RANK) status |= PHOTONIC_STATUS_RANKING;
  }
  if (loaded_ != nullptr) status |= PHOTONIC_STATUS_LOADED;
  if (error_->value() != PHOTONIC_ERROR_NONE) status |= PHOTONIC_STATUS_ERROR;
  return status;
}

PhotonicCore::Command PhotonicCore::latch(std::uint32_t kind) const {
  return {.number = submitted_ + 1,
          .kind = kind,
          .count = signature_count_->value32(),
          .first_block = first_block_->value32(),
          .context = bank_context_->value32(),
          .k = k_->value32(),
          .query_slot = query_slot_->value32(),
          .signatures = signature_address_->value(),
          .results = result_address_->value(),
          .scores = score_address_->value(),
          .wait = semaphore_of(wait_->value32()),
          .signal = semaphore_of(signal_->value32())};
}

}  // namespace prism::photonic
