// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_core.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/photonic.h"

namespace prism::photonic {

namespace {

constexpr std::uint32_t kResultCapacity = PHOTONIC_RESULTS_BYTES / sizeof(RankedBlock);
static_assert(sizeof(RankedBlock) == 8, "an entry of the result window");
constexpr double kHealthUnit = 1e-6;  // of a weight

constexpr std::array<const char*, 10> kErrorNames = {"none",
                                                     "command while the queue is full",
                                                     "block count",
                                                     "k",
                                                     "no bank",
                                                     "bus error",
                                                     "no command",
                                                     "bank context",
                                                     "row, ring or kind of fault",
                                                     "query slot or semaphore"};

bool wraps(std::uint64_t address, std::uint64_t bytes) {
  return bytes > 0 && address > std::numeric_limits<std::uint64_t>::max() - (bytes - 1);
}

}  // namespace

PhotonicCore::PhotonicCore(sc_core::sc_module_name name, const PhotonicConfig& config,
                           const SignatureSource* prefilled)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.register_access_ps),
      memory("memory", this->name(), config.port),
      irq("irq"),
      semaphores("semaphores"),
      config_(config),
      timing_(config),
      banks_(config, prefilled),
      bank_(this->name(), PRISM_DEVICE_BYTES),
      query_(config.wavelengths) {
  assert(config_.queue_depth > 0);
  assert(config_.wavelengths * sizeof(Bfloat16) <= PHOTONIC_QUERY_BYTES);
  assert(config_.rows * sizeof(std::int32_t) <= PHOTONIC_HEALTH_BYTES);
  declare_geometry();
  declare_commands();
  declare_health();
  SC_THREAD(run_commands);
  SC_METHOD(drive_irq);
  sensitive << irq_changed_;
}

void PhotonicCore::write_control(std::uint32_t value) {
  switch (value) {
    case PHOTONIC_CONTROL_RESET:
      return reset();
    case PHOTONIC_CONTROL_MAP_ROW:
      return map_row();
    case PHOTONIC_CONTROL_INJECT:
      return inject();
    case PHOTONIC_CONTROL_CLEAR_FAULTS:
      return clear_faults();
    case PHOTONIC_CONTROL_LOAD:
    case PHOTONIC_CONTROL_RANK:
    case PHOTONIC_CONTROL_STORE:
    case PHOTONIC_CONTROL_CALIBRATE:
    case PHOTONIC_CONTROL_MONITOR:
      return accept(latch(value));
    default:
      return note_error(PHOTONIC_ERROR_COMMAND, 0);
  }
}

void PhotonicCore::accept(const Command& command) {
  if (queue_.size() >= config_.queue_depth) return note_error(PHOTONIC_ERROR_QUEUE_FULL, 0);
  if (const std::uint32_t error = check(command); error != PHOTONIC_ERROR_NONE) {
    if (command.kind == PHOTONIC_CONTROL_LOAD && queue_.empty()) unload();
    return note_error(error, 0);
  }
  error_->set(PHOTONIC_ERROR_NONE);
  error_number_->set(0);
  ++submitted_;
  queue_.push_back(command);
  start_.notify(sc_core::SC_ZERO_TIME);
}

std::uint32_t PhotonicCore::check(const Command& command) const {
  for (const Semaphore& semaphore : {command.wait, command.signal}) {
    if (!semaphore) continue;
    if (semaphores.size() == 0 || semaphore->first >= semaphores->semaphores()) return PHOTONIC_ERROR_SLOT;
  }
  const bool on_chip = banks_.placement() != SignaturePlacement::kHbm;
  const bool uses_count = command.kind == PHOTONIC_CONTROL_LOAD || command.kind == PHOTONIC_CONTROL_RANK ||
                          command.kind == PHOTONIC_CONTROL_STORE;
  if (uses_count && (command.count == 0 || command.count > config_.max_blocks)) return PHOTONIC_ERROR_COUNT;
  if (command.kind == PHOTONIC_CONTROL_LOAD && on_chip && !banks_.is_on_chip(command.context)) {
    return PHOTONIC_ERROR_CONTEXT;
  }
  if (command.kind == PHOTONIC_CONTROL_RANK) return check_rank(command);
  if (command.kind == PHOTONIC_CONTROL_STORE) return check_store(command);
  return PHOTONIC_ERROR_NONE;
}

std::uint32_t PhotonicCore::check_rank(const Command& command) const {
  if (command.k == 0 || command.k > command.count || command.k > kResultCapacity) return PHOTONIC_ERROR_K;
  return command.query_slot < PHOTONIC_QUERY_SLOT_COUNT ? PHOTONIC_ERROR_NONE : PHOTONIC_ERROR_SLOT;
}

std::uint32_t PhotonicCore::check_store(const Command& command) const {
  if (banks_.placement() == SignaturePlacement::kHbm) return PHOTONIC_ERROR_COMMAND;
  if (!banks_.is_on_chip(command.context)) return PHOTONIC_ERROR_CONTEXT;
  const std::uint32_t room = config_.stored_blocks();
  return command.count <= room && command.first_block <= room - command.count ? PHOTONIC_ERROR_NONE
                                                                              : PHOTONIC_ERROR_COUNT;
}

void PhotonicCore::reset() {
  queue_.clear();
  completed_ = submitted_;
  unload();
  error_->set(PHOTONIC_ERROR_NONE);
  error_number_->set(0);
  result_count_->set(0);
  irq_status_->set(0);
  abandoned_.notify(sc_core::SC_ZERO_TIME);
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

std::uint32_t PhotonicCore::check_bank_register() const {
  const bool resident = banks_.placement() == SignaturePlacement::kResident;
  return resident && !banks_.is_on_chip(bank_context_->value32()) ? PHOTONIC_ERROR_CONTEXT
                                                                  : PHOTONIC_ERROR_NONE;
}

void PhotonicCore::map_row() {
  if (const std::uint32_t error = check_bank_register(); error != PHOTONIC_ERROR_NONE)
    return note_error(error, 0);
  const std::uint32_t context = bank_context_->value32();
  PhotonicRanker& rings = banks_.rings(context);
  if (row_logical_->value32() >= config_.rows || row_physical_->value32() >= rings.physical_rows()) {
    return note_error(PHOTONIC_ERROR_ROW, 0);
  }
  rings.map_row(row_logical_->value32(), row_physical_->value32());
  banks_.set_outdated(context, true);
  ++counters_.rows_remapped;
}

void PhotonicCore::inject() {
  if (const std::uint32_t error = check_bank_register(); error != PHOTONIC_ERROR_NONE)
    return note_error(error, 0);
  PhotonicRanker& rings = banks_.rings(bank_context_->value32());
  const double weight = kHealthUnit * static_cast<std::int32_t>(fault_weight_->value32());
  if (fault_kind_->value32() > PHOTONIC_FAULT_STUCK_RING || fault_row_->value32() >= rings.physical_rows() ||
      fault_ring_->value32() >= config_.wavelengths || std::abs(weight) > 1.0) {
    return note_error(PHOTONIC_ERROR_ROW, 0);
  }
  rings.inject({.kind = static_cast<FaultKind>(fault_kind_->value32()),
                .row = fault_row_->value32(),
                .ring = fault_ring_->value32(),
                .weight = weight});
  ++counters_.faults_injected;
}

void PhotonicCore::clear_faults() {
  if (const std::uint32_t error = check_bank_register(); error != PHOTONIC_ERROR_NONE)
    return note_error(error, 0);
  banks_.rings(bank_context_->value32()).clear_faults();
}

void PhotonicCore::unload() {
  loaded_ = nullptr;
  loaded_context_->set(PHOTONIC_NO_CONTEXT);
}

void PhotonicCore::run_commands() {
  while (true) {
    while (queue_.empty()) wait(start_);
    const Command command = queue_.front();
    if (take_semaphore(command) && !abandoned(command)) execute(command);
  }
}

bool PhotonicCore::take_semaphore(const Command& command) {
  if (!command.wait) return true;
  const Picoseconds begun = now_ps();
  const auto [index, amount] = *command.wait;
  while (!semaphores->take(index, amount)) {
    wait(semaphores->raised(index) | abandoned_);
    if (abandoned(command)) return false;
  }
  counters_.waiting += now_ps() - begun;
  return true;
}

void PhotonicCore::execute(const Command& command) {
  const Picoseconds begun = now_ps();
  Picoseconds* account = &counters_.maintaining;
  switch (command.kind) {
    case PHOTONIC_CONTROL_LOAD:
      account = &counters_.loading;
      load(command);
      break;
    case PHOTONIC_CONTROL_RANK:
      account = &counters_.ranking;
      rank(command);
      break;
    case PHOTONIC_CONTROL_STORE:
      store(command);
      break;
    case PHOTONIC_CONTROL_CALIBRATE:
      calibrate(command);
      break;
    default:
      monitor(command);
      break;
  }
  *account += now_ps() - begun;
  if (on_activity_) tell(command, begun);
}

void PhotonicCore::tell(const Command& command, Picoseconds begun) const {
  const char* name = "monitor";
  switch (command.kind) {
    case PHOTONIC_CONTROL_LOAD:
      name = "load";
      break;
    case PHOTONIC_CONTROL_RANK:
      name = "rank";
      break;
    case PHOTONIC_CONTROL_STORE:
      name = "store";
      break;
    case PHOTONIC_CONTROL_CALIBRATE:
      name = "calibrate";
      break;
    default:
      break;
  }
  const bool ranks = command.kind == PHOTONIC_CONTROL_RANK;
  on_activity_({.name = name,
                .unit = "commands",
                .begun = begun,
                .ended = now_ps(),
                .bytes = 0,
                .reads_from = ranks ? 0 : command.signatures,
                .writes_to = ranks ? command.results : 0,
                .writes_bytes = ranks ? std::uint64_t{command.k} * sizeof(std::uint32_t) : 0});
}

void PhotonicCore::load(const Command& command) {
  unload();
  std::span<const Bfloat16> signatures;
  if (banks_.placement() == SignaturePlacement::kHbm) {
    if (!read_signatures(command, Purpose::kBankReload)) return;
    signatures = signatures_;
  } else {
    const std::span<const Bfloat16> stored = banks_.stored(command.context);
    const std::size_t values = std::size_t{command.count} * config_.wavelengths;
    if (values > stored.size()) return fail(command, PHOTONIC_ERROR_COUNT);
    signatures = stored.first(values);
  }

  if (banks_.placement() == SignaturePlacement::kResident) {
    PhotonicRanker& rings = banks_.rings(command.context);
    const std::span<const Bfloat16> stored = banks_.stored(command.context);
    const std::uint32_t blocks = static_cast<std::uint32_t>(stored.size() / config_.wavelengths);
    if (banks_.is_outdated(command.context)) {
      program(command, stored);
      if (abandoned(command)) return;
      banks_.set_outdated(command.context, false);
    } else if (rings.blocks() != blocks) {
      rings.load(stored, 0);  // programmed before the start
    }
  } else {
    const SignatureRead read = timing_.signature_read(command.count);
    wait(to_sc_time(read.time));
    activity_.store_pj += read.energy_pj;
    if (abandoned(command)) return;
    program(command, signatures);
    if (abandoned(command)) return;
    banks_.set_outdated(command.context, false);
  }
  loaded_ = &banks_.rings(command.context);
  loaded_context_->set(command.context);
  finish(command, PHOTONIC_IRQ_LOADED);
}

void PhotonicCore::program(const Command& command, std::span<const Bfloat16> signatures) {
  const auto blocks = static_cast<std::uint32_t>(signatures.size() / config_.wavelengths);
  const Picoseconds correcting = timing_.correcting(blocks);
  const Picoseconds programming = timing_.programming(blocks);
  wait(to_sc_time(programming + correcting));
  counters_.programming += programming;
  activity_.rings_switched += timing_.rings_of_load(blocks);
  if (correcting > 0) activity_.corrections += timing_.pages(blocks);
  if (abandoned(command)) return;
  banks_.rings(command.context).load(signatures, now_ps());
  ++counters_.loads;
  counters_.bytes_loaded += signatures.size_bytes();
}

void PhotonicCore::rank(const Command& command) {
  if (loaded_ == nullptr) return fail(command, PHOTONIC_ERROR_NOT_LOADED);
  if (command.count > loaded_->blocks()) return fail(command, PHOTONIC_ERROR_COUNT);
  result_count_->set(0);
  std::memcpy(query_.data(), &query_window_->storage[std::size_t{command.query_slot} * PHOTONIC_QUERY_BYTES],
              query_.size() * sizeof(Bfloat16));
  const Picoseconds evaluating = timing_.ranking(command.count);
  const std::uint32_t pages = timing_.pages(command.count);
  const Picoseconds begun = now_ps();
  wait(to_sc_time(evaluating));
  counters_.evaluating += evaluating;
  counters_.page_switches += pages - 1;
  activity_.evaluations += pages;
  activity_.rings_switched += timing_.rings_of_ranking(command.count);
  if (abandoned(command)) return;

  const Readout readout = loaded_->evaluate(query_, command.count, begun);
  counters_.clipped += readout.clipped;
  const std::vector<RankedBlock> best = select_best(readout.scores, command.k);
  if (!write_back(command, best)) return;
  std::memcpy(results_window_->storage.data(), best.data(), best.size() * sizeof(RankedBlock));
  result_count_->set(best.size());
  ++counters_.rankings;
  finish(command, PHOTONIC_IRQ_RANKED);
}

bool PhotonicCore::write_back(const Command& command, const std::vector<RankedBlock>& best) {
  indices_.clear();
  scores_.clear();
  for (const RankedBlock& block : best) {
    indices_.push_back(block.index);
    scores_.push_back(block.score);
  }
  std::vector<Transfer> transfers;
  const auto add = [&](std::uint64_t address, std::span<std::byte> data) {
    if (address == 0) return;
    transfers.push_back({address, data.size(), data.data(), true, Purpose::kDescriptors});
  };
  add(command.results, std::as_writable_bytes(std::span(indices_)));
  add(command.scores, std::as_writable_bytes(std::span(scores_)));
  for (const Transfer& transfer : transfers) {
    if (!wraps(transfer.address, transfer.bytes)) continue;
    fail(command, PHOTONIC_ERROR_BUS);
    return false;
  }
  if (transfers.empty()) return true;
  transfer_.emplace();
  memory.run(transfers, *transfer_);
  if (abandoned(command)) return false;
  if (!transfer_->ok()) fail(command, PHOTONIC_ERROR_BUS);
  return transfer_->ok();
}

void PhotonicCore::store(const Command& command) {
  if (std::size_t{command.first_block} * config_.wavelengths > banks_.stored(command.context).size()) {
    return fail(command, PHOTONIC_ERROR_COUNT);
  }
  if (!read_signatures(command, Purpose::kSignatureWrite)) return;
  banks_.store(command.context, command.first_block, signatures_);
  counters_.blocks_stored += command.count;
  if (banks_.placement() == SignaturePlacement::kResident) {
    // Only the new rows pass through the DACs; the model loads the bank anew.
    const Picoseconds programming = timing_.programming(command.count);
    wait(to_sc_time(programming));
    counters_.programming += programming;
    activity_.rings_switched += timing_.rings_of_load(command.count);
    if (abandoned(command)) return;
    banks_.rings(command.context).load(banks_.stored(command.context), now_ps());
  }
  finish(command, PHOTONIC_IRQ_DONE);
}

void PhotonicCore::calibrate(const Command& command) {
  wait(to_sc_time(config_.calibration_row_ps * banks_.rings(0).physical_rows()));
  if (abandoned(command)) return;
  const std::uint32_t banks = banks_.placement() == SignaturePlacement::kResident ? banks_.contexts() : 1;
  for (std::uint32_t bank = 0; bank < banks; ++bank) {
    banks_.rings(bank).calibrate(now_ps());
    banks_.set_outdated(bank, true);
  }
  ++counters_.calibrations;
  finish(command, PHOTONIC_IRQ_DONE);
}

void PhotonicCore::monitor(const Command& command) {
  if (loaded_ == nullptr) return fail(command, PHOTONIC_ERROR_NOT_LOADED);
  wait(to_sc_time(config_.pass_ps()));
  activity_.corrections += 1;  // a pass without a top-k
  if (abandoned(command)) return;
  const std::vector<float> errors = loaded_->monitor(now_ps());
  std::fill(health_window_->storage.begin(), health_window_->storage.end(), std::byte{0});
  std::uint32_t bad = 0;
  std::uint32_t worst = 0;
  for (std::uint32_t row = 0; row < errors.size(); ++row) {
    const auto error = static_cast<std::int32_t>(std::lround(errors[row] / kHealthUnit));
    std::memcpy(&health_window_->storage[row * sizeof error], &error, sizeof error);
    if (static_cast<std::uint32_t>(std::abs(error)) > health_limit_->value32()) ++bad;
    if (std::abs(errors[row]) > std::abs(errors[worst])) worst = row;
  }
  bad_rows_->set(bad);
  worst_row_->set(worst);
  ++counters_.monitorings;
  finish(command, PHOTONIC_IRQ_DONE);
}

bool PhotonicCore::read_signatures(const Command& command, Purpose purpose) {
  signatures_.resize(std::size_t{command.count} * config_.wavelengths);
  const auto data = std::as_writable_bytes(std::span(signatures_));
  if (wraps(command.signatures, data.size())) {
    fail(command, PHOTONIC_ERROR_BUS);
    return false;
  }
  transfer_.emplace();
  memory.run({command.signatures, data.size(), data.data(), false, purpose}, *transfer_);
  if (abandoned(command)) return false;
  if (!transfer_->ok()) fail(command, PHOTONIC_ERROR_BUS);
  return transfer_->ok();
}

bool PhotonicCore::abandoned(const Command& command) const {
  return queue_.empty() || queue_.front().number != command.number;
}

void PhotonicCore::finish(const Command& command, std::uint32_t interrupt) {
  completed_ = command.number;
  queue_.pop_front();
  if (command.signal) semaphores->add(command.signal->first, command.signal->second);
  raise(interrupt);
}

void PhotonicCore::fail(const Command& command, std::uint32_t error) {
  completed_ = submitted_;
  queue_.clear();
  note_error(error, command.number);
}

void PhotonicCore::note_error(std::uint32_t error, std::uint32_t number) {
  ++counters_.errors;
  log_guest_error(name(), kErrorNames[error]);
  error_->set(error);
  error_number_->set(number);
  raise(PHOTONIC_IRQ_ERROR);
}

void PhotonicCore::raise(std::uint32_t interrupt) {
  irq_status_->set(irq_status_->value() | interrupt);
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void PhotonicCore::drive_irq() {
  irq.write((irq_status_->value() & irq_enable_->value()) != 0);
}

void PhotonicCore::report(ModuleStatistics& out, Picoseconds simulated) const {
  out.count("rankings", "1", "rankings finished", counters_.rankings);
  out.count("evaluations", "1", "optical evaluations, one a page", activity_.evaluations);
  out.count("page_switches", "1", "reprogrammings between the pages of a ranking", counters_.page_switches);
  out.count("clipped_values", "1", "ADC values out of range", counters_.clipped);
  out.count("loads", "1", "banks programmed", counters_.loads);
  out.count("bytes_loaded", "bytes", "signatures of the banks programmed", counters_.bytes_loaded);
  out.count("blocks_stored", "1", "signatures written into the on-chip contexts", counters_.blocks_stored);
  out.count("rings_switched", "1", "ring weights set", activity_.rings_switched);
  out.count("calibrations", "1", "calibrations finished", counters_.calibrations);
  out.count("monitorings", "1", "health checks of all rows", counters_.monitorings);
  out.count("rows_remapped", "1", "rows moved to other rings", counters_.rows_remapped);
  out.count("faults_injected", "1", "rows and rings broken by a debug register", counters_.faults_injected);
  out.count("errors", "1", "commands refused or failed", counters_.errors);
  out.gauge("busy_ns", "ns", "executing commands",
            ns_from_ps(counters_.loading + counters_.ranking + counters_.maintaining));
  out.gauge("waiting_ns", "ns", "commands waiting for a semaphore", ns_from_ps(counters_.waiting));
  out.gauge("loading_ns", "ns", "LOAD commands: signature reads and programming",
            ns_from_ps(counters_.loading));
  out.gauge("programming_ns", "ns", "setting rings", ns_from_ps(counters_.programming));
  out.gauge("ranking_ns", "ns", "RANK commands: evaluation and write-back", ns_from_ps(counters_.ranking));
  out.gauge("evaluating_ns", "ns", "optical passes and page switches", ns_from_ps(counters_.evaluating));
  out.gauge("maintaining_ns", "ns", "STORE, CALIBRATE and MONITOR commands",
            ns_from_ps(counters_.maintaining));
  const double pitch = config_.physics.ring.pitch_um;
  out.gauge("rings_mm2", "mm2", "area of the rings of all banks",
            timing_.store().rings_mm2(config_.rows + config_.physics.spare_rows, config_.wavelengths, pitch));
  out.gauge("signature_sram_mm2", "mm2", "area of the on-chip signature store", timing_.store().sram_mm2());
  memory.report(out);
  timing_.report_energy(out, activity_, simulated);
}

}  // namespace prism::photonic
