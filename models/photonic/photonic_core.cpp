// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_core.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <limits>
#include <span>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/photonic.h"

namespace prism::photonic {

namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kResultCapacity = PHOTONIC_RESULTS_BYTES / sizeof(RankedBlock);
static_assert(sizeof(RankedBlock) == 8, "an entry of the result window");

constexpr std::array<const char*, 7> kErrorNames = {
    "none",      "command while another runs", "block count", "k", "no bank",
    "bus error", "unknown bits in CONTROL"};

bool wraps(std::uint64_t address, std::uint64_t bytes) {
  return bytes > 0 && address > std::numeric_limits<std::uint64_t>::max() - (bytes - 1);
}

}  // namespace

PhotonicCore::PhotonicCore(sc_core::sc_module_name name, const PhotonicConfig& config)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.register_access_ps),
      memory("memory", this->name(), config.port),
      irq("irq"),
      config_(config),
      timing_(config),
      core_(config.wavelengths),
      bank_(this->name(), PRISM_DEVICE_BYTES),
      error_(bank_.add({"ERROR", PHOTONIC_ERROR, 4, RegisterAccess::kReadOnly, PHOTONIC_ERROR_NONE,
                        "error of the last command"})),
      signature_address_(bank_.add({"SIGNATURE_ADDRESS", PHOTONIC_SIGNATURE_ADDRESS, 8,
                                    RegisterAccess::kReadWrite, 0, "first signature to load"})),
      signature_count_(bank_.add({"SIGNATURE_COUNT", PHOTONIC_SIGNATURE_COUNT, 4, RegisterAccess::kReadWrite,
                                  0, "blocks to load and to rank"})),
      bank_context_(bank_.add({"BANK_CONTEXT", PHOTONIC_BANK_CONTEXT, 4, RegisterAccess::kReadWrite, 0,
                               "tag of the bank to load"})),
      loaded_context_(bank_.add({"LOADED_CONTEXT", PHOTONIC_LOADED_CONTEXT, 4, RegisterAccess::kReadOnly,
                                 PHOTONIC_NO_CONTEXT, "tag of the loaded bank"})),
      k_(bank_.add({"K", PHOTONIC_K, 4, RegisterAccess::kReadWrite, 0, "blocks to return"})),
      result_address_(bank_.add({"RESULT_ADDRESS", PHOTONIC_RESULT_ADDRESS, 8, RegisterAccess::kReadWrite, 0,
                                 "where indices are written back; 0: nowhere"})),
      result_count_(bank_.add({"RESULT_COUNT", PHOTONIC_RESULT_COUNT, 4, RegisterAccess::kReadOnly, 0,
                               "valid entries in the result window"})),
      irq_status_(bank_.add(
          {"IRQ_STATUS", PHOTONIC_IRQ_STATUS, 4, RegisterAccess::kWriteOneToClear, 0, "pending interrupts"})),
      irq_enable_(bank_.add(
          {"IRQ_ENABLE", PHOTONIC_IRQ_ENABLE, 4, RegisterAccess::kReadWrite, 0, "enabled interrupts"})),
      query_window_(
          bank_.add_window("QUERY", PHOTONIC_QUERY, PHOTONIC_QUERY_BYTES, true, "query, bf16 values")),
      results_window_(bank_.add_window("RESULTS", PHOTONIC_RESULTS, PHOTONIC_RESULTS_BYTES, false,
                                       "{u32 index, f32 score}, best first")),
      query_(config.wavelengths) {
  assert(config_.rows > 0 && config_.weight_dacs > 0 && config_.wavelengths > 0);
  assert(config_.wavelengths * sizeof(Bfloat16) <= PHOTONIC_QUERY_BYTES);
  declare_registers();
  SC_THREAD(run_commands);
  SC_METHOD(drive_irq);
  sensitive << irq_changed_;
}

void PhotonicCore::declare_registers() {
  const auto constant = [this](const char* name, std::uint64_t offset, std::uint64_t value,
                               const char* description) {
    bank_.add({name, offset, 4, RegisterAccess::kReadOnly, value, description});
  };
  constant("ID", PHOTONIC_ID, PHOTONIC_ID_VALUE, "identity");
  constant("VERSION", PHOTONIC_VERSION, kVersion, "version of the register interface");
  constant("ROWS", PHOTONIC_ROWS, config_.rows, "physical rows");
  constant("WAVELENGTHS", PHOTONIC_WAVELENGTHS, config_.wavelengths, "signature dimension");
  constant("MAX_BLOCKS", PHOTONIC_MAX_BLOCKS, config_.max_blocks, "blocks that a bank can hold");

  const auto counter = [this](const char* name, std::uint64_t offset, const std::uint64_t& value,
                              const char* description) {
    bank_.add({name, offset, 8, RegisterAccess::kReadOnly, 0, description}).on_read([&value] {
      return value;
    });
  };
  counter("EVALUATIONS", PHOTONIC_EVALUATIONS, activity_.evaluations, "optical passes so far");
  counter("LOADS", PHOTONIC_LOADS, counters_.loads, "bank loads so far");
  counter("BYTES_LOADED", PHOTONIC_BYTES_LOADED, counters_.bytes_loaded, "signature bytes loaded so far");

  bank_.add({"STATUS", PHOTONIC_STATUS, 4, RegisterAccess::kReadOnly, 0, "state"}).on_read([this] {
    return read_status();
  });
  bank_.add({"CONTROL", PHOTONIC_CONTROL, 4, RegisterAccess::kWriteOnly, 0, "command"})
      .on_write([this](std::uint64_t value) { write_control(static_cast<std::uint32_t>(value)); });
  const auto update_irq = [this](std::uint64_t) { irq_changed_.notify(sc_core::SC_ZERO_TIME); };
  irq_status_.on_write(update_irq);
  irq_enable_.on_write(update_irq);
}

std::uint32_t PhotonicCore::read_status() const {
  std::uint32_t status = 0;
  if (active_) status |= active_->is_load ? PHOTONIC_STATUS_LOADING : PHOTONIC_STATUS_RANKING;
  if (core_.blocks() > 0) status |= PHOTONIC_STATUS_LOADED;
  if (error_.value() != PHOTONIC_ERROR_NONE) status |= PHOTONIC_STATUS_ERROR;
  return status;
}

void PhotonicCore::write_control(std::uint32_t value) {
  if (value == PHOTONIC_CONTROL_RESET) return reset();
  const bool is_load = value == PHOTONIC_CONTROL_LOAD;
  if (!is_load && value != PHOTONIC_CONTROL_RANK) return note_error(PHOTONIC_ERROR_COMMAND);
  if (active_) return note_error(PHOTONIC_ERROR_BUSY);
  const std::uint32_t error = is_load ? check_load() : check_rank();
  if (is_load) unload();
  if (error != PHOTONIC_ERROR_NONE) return note_error(error);
  accept(is_load);
}

std::uint32_t PhotonicCore::check_load() const {
  const std::uint32_t count = signature_count_.value32();
  if (count == 0 || count > config_.max_blocks) return PHOTONIC_ERROR_COUNT;
  const std::uint64_t bytes = std::uint64_t{count} * config_.wavelengths * sizeof(Bfloat16);
  return wraps(signature_address_.value(), bytes) ? PHOTONIC_ERROR_BUS : PHOTONIC_ERROR_NONE;
}

std::uint32_t PhotonicCore::check_rank() const {
  if (core_.blocks() == 0) return PHOTONIC_ERROR_NOT_LOADED;
  const std::uint32_t count = signature_count_.value32();
  if (count == 0 || count > core_.blocks()) return PHOTONIC_ERROR_COUNT;
  const std::uint32_t k = k_.value32();
  if (k == 0 || k > count || k > kResultCapacity) return PHOTONIC_ERROR_K;
  return wraps(result_address_.value(), k * sizeof(std::uint32_t)) ? PHOTONIC_ERROR_BUS : PHOTONIC_ERROR_NONE;
}

void PhotonicCore::accept(bool is_load) {
  error_.set(PHOTONIC_ERROR_NONE);
  result_count_.set(0);
  active_ = Command{++commands_,
                    is_load,
                    signature_count_.value32(),
                    k_.value32(),
                    bank_context_.value32(),
                    is_load ? signature_address_.value() : result_address_.value()};
  std::memcpy(query_.data(), query_window_.storage.data(), query_.size() * sizeof(Bfloat16));
  start_.notify(sc_core::SC_ZERO_TIME);
}

void PhotonicCore::reset() {
  active_.reset();
  unload();
  error_.set(PHOTONIC_ERROR_NONE);
  result_count_.set(0);
  irq_status_.set(0);
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void PhotonicCore::unload() {
  core_.unload();
  loaded_context_.set(PHOTONIC_NO_CONTEXT);
}

void PhotonicCore::run_commands() {
  while (true) {
    while (!active_) wait(start_);
    const Command command = *active_;
    const Picoseconds started = now_ps();
    if (command.is_load) {
      load(command);
      counters_.loading += now_ps() - started;
    } else {
      rank(command);
      counters_.ranking += now_ps() - started;
    }
  }
}

void PhotonicCore::load(const Command& command) {
  signatures_.resize(std::size_t{command.count} * config_.wavelengths);
  const auto data = std::as_writable_bytes(std::span(signatures_));
  const TransferBatch& read =
      transfer({command.address, data.size(), data.data(), false, Purpose::kBankReload});
  if (abandoned(command)) return;
  if (!read.ok()) return fail(PHOTONIC_ERROR_BUS);

  const Picoseconds programming = timing_.programming(command.count);
  wait(to_sc_time(programming));
  counters_.programming += programming;
  activity_.rings_switched += timing_.rings_of_load(command.count);
  if (abandoned(command)) return;

  core_.load(signatures_);
  loaded_context_.set(command.context);
  ++counters_.loads;
  counters_.bytes_loaded += data.size();
  finish(PHOTONIC_IRQ_LOADED);
}

void PhotonicCore::rank(const Command& command) {
  const Picoseconds evaluating = timing_.ranking(command.count);
  const std::uint32_t pages = timing_.pages(command.count);
  wait(to_sc_time(evaluating));
  counters_.evaluating += evaluating;
  counters_.page_switches += pages - 1;
  activity_.evaluations += pages;
  activity_.rings_switched += timing_.rings_of_ranking(command.count);
  if (abandoned(command)) return;

  best_ = core_.rank(query_, command.count, command.k);
  if (command.address != 0) {
    indices_.resize(best_.size());
    std::transform(best_.begin(), best_.end(), indices_.begin(),
                   [](const RankedBlock& b) { return b.index; });
    const auto data = std::as_writable_bytes(std::span(indices_));
    const TransferBatch& written =
        transfer({command.address, data.size(), data.data(), true, Purpose::kDescriptors});
    if (abandoned(command)) return;
    if (!written.ok()) return fail(PHOTONIC_ERROR_BUS);
  }
  std::memcpy(results_window_.storage.data(), best_.data(), best_.size() * sizeof(RankedBlock));
  result_count_.set(best_.size());
  ++counters_.rankings;
  finish(PHOTONIC_IRQ_RANKED);
}

const TransferBatch& PhotonicCore::transfer(const Transfer& what) {
  transfer_.emplace();
  memory.run(what, *transfer_);
  return *transfer_;
}

bool PhotonicCore::abandoned(const Command& command) const {
  return !active_ || active_->number != command.number;
}

void PhotonicCore::finish(std::uint32_t interrupt) {
  active_.reset();
  raise(interrupt);
}

void PhotonicCore::fail(std::uint32_t error) {
  active_.reset();
  note_error(error);
}

void PhotonicCore::note_error(std::uint32_t error) {
  ++counters_.errors;
  log_guest_error(name(), kErrorNames[error]);
  error_.set(error);
  raise(PHOTONIC_IRQ_ERROR);
}

void PhotonicCore::raise(std::uint32_t interrupt) {
  irq_status_.set(irq_status_.value() | interrupt);
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void PhotonicCore::drive_irq() {
  irq.write((irq_status_.value() & irq_enable_.value()) != 0);
}

void PhotonicCore::report(ModuleStatistics& out, Picoseconds simulated) const {
  out.count("rankings", "1", "rankings finished", counters_.rankings);
  out.count("evaluations", "1", "optical passes, one a page", activity_.evaluations);
  out.count("page_switches", "1", "reprogrammings between the pages of a ranking", counters_.page_switches);
  out.count("loads", "1", "banks loaded", counters_.loads);
  out.count("bytes_loaded", "bytes", "signatures of the banks loaded", counters_.bytes_loaded);
  out.count("rings_switched", "1", "ring weights set", activity_.rings_switched);
  out.count("errors", "1", "commands refused or failed", counters_.errors);
  out.gauge("busy_ns", "ns", "loading or ranking", ns_from_ps(counters_.loading + counters_.ranking));
  out.gauge("loading_ns", "ns", "LOAD commands: signature reads and programming",
            ns_from_ps(counters_.loading));
  out.gauge("programming_ns", "ns", "setting rings in LOAD commands", ns_from_ps(counters_.programming));
  out.gauge("ranking_ns", "ns", "RANK commands: evaluation and write-back", ns_from_ps(counters_.ranking));
  out.gauge("evaluating_ns", "ns", "optical passes and page switches", ns_from_ps(counters_.evaluating));
  memory.report(out);
  timing_.report_energy(out, activity_, simulated);
}

}  // namespace prism::photonic
