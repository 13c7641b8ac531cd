// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/hbm_controller.h"

#include <prism/hw/hbm.h>
#include <prism/hw/memory_map.h>

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <numeric>
#include <span>
#include <sstream>
#include <utility>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"
#include "models/common/transaction_info.h"
#include "models/hbm/engine_factory.h"
#include "models/hbm/hbm_energy.h"

namespace prism::hbm {

HbmController::HbmController(sc_core::sc_module_name name, const HbmConfig& config,
                             const memory::PageSource* content)
    : HbmController(name, config, content, make_engine(config)) {}

HbmController::HbmController(sc_core::sc_module_name name, const HbmConfig& config,
                             const memory::PageSource* content, std::unique_ptr<TimingEngine> engine)
    : sc_core::sc_module(name),
      memory("memory"),
      registers("registers", bank_, 0),
      config_(config),
      engine_(std::move(engine)),
      store_(config.organization.capacity_bytes(), content),
      bank_(std::string(this->name()) + ".registers", PRISM_DEVICE_BYTES),
      phases_(this, &HbmController::on_phase) {
  add_registers();
  memory.register_b_transport(this, &HbmController::b_transport);
  memory.register_nb_transport_fw(this, &HbmController::nb_transport_fw);
  memory.register_transport_dbg(this, &HbmController::transport_dbg);
  SC_METHOD(run_engine);
  sensitive << run_;
  dont_initialize();
  SC_METHOD(respond);
  sensitive << respond_;
  dont_initialize();
}

void HbmController::add_registers() {
  const Organization& o = config_.organization;
  const auto constant = [&](const char* name, std::uint64_t offset, std::uint32_t bytes, std::uint64_t value,
                            const char* description) {
    bank_.add({name, offset, bytes, RegisterAccess::kReadOnly, value, description});
  };
  const auto counter = [&](const char* name, std::uint64_t offset, const char* description,
                           std::function<std::uint64_t()> value) {
    bank_.add({name, offset, 8, RegisterAccess::kReadOnly, 0, description}).on_read(std::move(value));
  };
  constant("ID", HBM_ID, 4, HBM_ID_VALUE, "identity");
  constant("STACKS", HBM_STACKS, 4, o.stacks, "HBM stacks");
  constant("CHANNELS", HBM_CHANNELS, 4, o.channels, "channels of one stack");
  constant("CAPACITY", HBM_CAPACITY, 8, o.capacity_bytes(), "bytes");
  counter("BYTES_READ", HBM_BYTES_READ, "bytes read since the counters were cleared",
          [this] { return traffic_.read().total() - cleared_read_; });
  counter("BYTES_WRITTEN", HBM_BYTES_WRITTEN, "bytes written since the counters were cleared",
          [this] { return traffic_.written().total() - cleared_written_; });
  counter("ROW_HITS", HBM_ROW_HITS, "bursts that found their row open",
          [this] { return engine_->counters().row_hits - cleared_hits_; });
  counter("ROW_MISSES", HBM_ROW_MISSES, "bursts that had to open their row",
          [this] { return engine_->counters().row_misses - cleared_misses_; });
  bank_.add({"CONTROL", HBM_CONTROL, 4, RegisterAccess::kWriteOnly, 0, "bit 0 clears the counters"})
      .on_write([this](std::uint64_t value) {
        if ((value & HBM_CONTROL_CLEAR) == 0) return;
        cleared_read_ = traffic_.read().total();
        cleared_written_ = traffic_.written().total();
        cleared_hits_ = engine_->counters().row_hits;
        cleared_misses_ = engine_->counters().row_misses;
      });
}

bool HbmController::check(tlm::tlm_generic_payload& payload) const {
  const auto reject = [&](tlm::tlm_response_status status, const char* what) {
    log_guest_error(name(), payload, what);
    payload.set_response_status(status);
    return false;
  };
  const std::uint64_t bytes = payload.get_data_length();
  payload.set_dmi_allowed(false);
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    return reject(tlm::TLM_COMMAND_ERROR_RESPONSE, "neither a read nor a write");
  }
  if (payload.get_byte_enable_ptr() != nullptr) {
    return reject(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE, "byte enables are not supported");
  }
  if (bytes == 0 || payload.get_streaming_width() < bytes) {
    return reject(tlm::TLM_BURST_ERROR_RESPONSE,
                  "an access must have a length, and no streaming width below it");
  }
  if (bytes > store_.bytes() || payload.get_address() > store_.bytes() - bytes) {
    return reject(tlm::TLM_ADDRESS_ERROR_RESPONSE, "beyond the end of HBM");
  }
  return true;
}

std::size_t HbmController::allocate() {
  if (free_slots_.empty()) {
    accesses_.emplace_back();
    return accesses_.size() - 1;
  }
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

bool HbmController::begin(tlm::tlm_generic_payload& payload, std::size_t slot) {
  Access& access = accesses_[slot];
  access.payload = &payload;
  access.begun = now_ps();
  traffic_.begin(access.begun);
  const bool taken = waiting_.empty() && push(slot);
  if (!taken) waiting_.push_back(slot);
  advance(access.begun);
  // Other processes of this instant may still have requests: run ahead when they have had their turn.
  if (!taken || !engine_->idle()) run_.notify(to_sc_time(1));
  return taken;
}

bool HbmController::push(std::size_t slot) {
  const tlm::tlm_generic_payload& payload = *accesses_[slot].payload;
  return engine_->push(
      {slot, payload.get_address(), payload.get_data_length(), payload.is_write(), now_ps()});
}

Picoseconds HbmController::advance(Picoseconds limit) {
  completions_.clear();
  const Picoseconds time = engine_->advance(limit, completions_);
  const Picoseconds now = now_ps();
  for (const Completion& completion : completions_) {
    responses_.push({completion.time, response_order_++, static_cast<std::size_t>(completion.id)});
    respond_.notify(to_sc_time(std::max<Picoseconds>(0, completion.time - now)));
  }
  return time;
}

void HbmController::run_engine() {
  while (!waiting_.empty() && push(waiting_.front())) {
    const Access& access = accesses_[waiting_.front()];
    waiting_.pop_front();
    if (access.blocking) continue;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    // The master may begin its next request at once, which then waits behind those here.
    memory->nb_transport_bw(*access.payload, phase, delay);
  }
  const Picoseconds now = now_ps();
  Picoseconds reached = now;
  while (!engine_->idle() || !waiting_.empty()) {
    const sc_core::sc_time pause = sc_core::sc_time_to_pending_activity();
    const Picoseconds limit =
        pause >= sc_core::sc_max_time() - sc_core::sc_time_stamp() ? kNever : now + to_ps(pause);
    if (limit <= reached) break;
    reached = advance(limit);
    if (!waiting_.empty()) break;
  }
  if (engine_->idle() && waiting_.empty()) return;
  run_.notify(to_sc_time(std::max<Picoseconds>(1, reached - now)));
}

void HbmController::respond() {
  const Picoseconds now = now_ps();
  while (!responses_.empty() && responses_.top().time <= now) {
    const std::size_t slot = responses_.top().slot;
    responses_.pop();
    complete(slot);
  }
  if (!responses_.empty()) respond_.notify(to_sc_time(responses_.top().time - now));
  send_responses();
}

void HbmController::complete(std::size_t slot) {
  Access& access = accesses_[slot];
  tlm::tlm_generic_payload& payload = *access.payload;
  const TransactionInfo& info = transaction_info(payload);
  const std::size_t bytes = payload.get_data_length();
  if (info.carries_data) {
    auto* data = reinterpret_cast<std::byte*>(payload.get_data_ptr());
    if (payload.is_write()) {
      store_.write(payload.get_address(), {data, bytes});
    } else {
      store_.read(payload.get_address(), {data, bytes});
    }
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  traffic_.end(info.initiator, info.purpose, payload.is_write(), bytes, access.begun, now_ps());
  access.payload = nullptr;
  if (access.blocking) {
    access.done->notify(sc_core::SC_ZERO_TIME);
    return;  // the waiting process frees the slot
  }
  free_slots_.push_back(slot);
  response_channel_.push_back(&payload);
}

void HbmController::send_responses() {
  while (!response_under_way_ && !response_channel_.empty()) {
    tlm::tlm_generic_payload& payload = *response_channel_.front();
    response_under_way_ = true;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm::tlm_sync_enum sync = memory->nb_transport_bw(payload, phase, delay);
    const bool ended = sync == tlm::TLM_COMPLETED || (sync == tlm::TLM_UPDATED && phase == tlm::END_RESP);
    if (ended && delay > sc_core::SC_ZERO_TIME) {
      phases_.notify(payload, tlm::END_RESP, delay);
    } else if (ended) {
      end_response();
    }
  }
}

void HbmController::end_response() {
  tlm::tlm_generic_payload& payload = *response_channel_.front();
  response_channel_.pop_front();
  response_under_way_ = false;
  if (payload.has_mm()) payload.release();
}

void HbmController::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  if (!check(payload)) return;
  const std::size_t slot = allocate();
  if (accesses_[slot].done == nullptr) accesses_[slot].done = std::make_unique<sc_core::sc_event>();
  accesses_[slot].blocking = true;
  sc_core::sc_event& done = *accesses_[slot].done;
  begin(payload, slot);
  wait(done);
  accesses_[slot].blocking = false;
  free_slots_.push_back(slot);
}

tlm::tlm_sync_enum HbmController::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                  sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) {
    if (!check(payload)) return tlm::TLM_COMPLETED;
    if (payload.has_mm()) payload.acquire();
    if (delay > sc_core::SC_ZERO_TIME) {
      phases_.notify(payload, phase, delay);
      return tlm::TLM_ACCEPTED;
    }
    if (!begin(payload, allocate())) return tlm::TLM_ACCEPTED;
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  if (phase == tlm::END_RESP) {
    phases_.notify(payload, phase, delay);
    return tlm::TLM_COMPLETED;
  }
  return tlm::TLM_ACCEPTED;  // an ignorable phase
}

void HbmController::on_phase(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  if (phase == tlm::END_RESP) {
    end_response();
    send_responses();
    return;
  }
  if (!begin(payload, allocate())) return;
  tlm::tlm_phase end = tlm::END_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  memory->nb_transport_bw(payload, end, delay);
}

unsigned int HbmController::transport_dbg(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  if (address >= store_.bytes()) return 0;
  const std::uint64_t bytes = std::min<std::uint64_t>(payload.get_data_length(), store_.bytes() - address);
  auto* data = reinterpret_cast<std::byte*>(payload.get_data_ptr());
  if (payload.is_write()) {
    store_.write(address, {data, bytes});
  } else if (payload.is_read()) {
    store_.read(address, {data, bytes});
  } else {
    return 0;
  }
  return static_cast<unsigned int>(bytes);
}

double HbmController::row_hit_rate() const {
  const EngineCounters counters = engine_->counters();
  const std::uint64_t bursts = counters.row_hits + counters.row_misses;
  return bursts > 0 ? static_cast<double>(counters.row_hits) / static_cast<double>(bursts) : 0.0;
}

double HbmController::channel_balance() const {
  const std::vector<std::uint64_t> bytes = engine_->bytes_per_channel();
  const std::uint64_t total = std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
  if (total == 0) return 1.0;
  const std::uint64_t most = *std::max_element(bytes.begin(), bytes.end());
  return static_cast<double>(most) * static_cast<double>(bytes.size()) / static_cast<double>(total);
}

std::string HbmController::balance_warning() const {
  const double balance = channel_balance();
  if (balance <= 2.0) return {};
  std::ostringstream text;
  text << name() << ": the busiest channel carries " << std::fixed << std::setprecision(1) << balance
       << " times the mean of all channels; the address map does not spread this traffic";
  return text.str();
}

void HbmController::report(ModuleStatistics& out, Picoseconds simulated) const {
  traffic_.report(out);
  const Organization& o = config_.organization;
  const EngineCounters counters = engine_->counters();
  out.count("row_hits", "1", "bursts that found their row open", counters.row_hits);
  out.count("row_misses", "1", "bursts that had to open their row", counters.row_misses);
  out.gauge("row_hit_rate", "1", "row_hits over all bursts", row_hit_rate());
  out.count("activates", "1", "rows opened", counters.activates);
  out.count("precharges", "1", "rows closed", counters.precharges);
  out.count("refreshes_all_bank", "1", "refreshes of a whole pseudo-channel", counters.refreshes_all_bank);
  out.count("refreshes_per_bank", "1", "refreshes of one bank", counters.refreshes_per_bank);
  out.gauge("peak_gbps", "GB/s", "all data buses together", o.peak_gbps());
  const std::uint64_t bytes = traffic_.read().total() + traffic_.written().total();
  out.gauge("achieved_gbps", "GB/s", "bytes moved over busy_ns", gbps_of(bytes, traffic_.busy()));
  const double bus_time = static_cast<double>(simulated) * o.pseudo_channels_total();
  out.gauge("data_bus_utilisation", "1", "data-bus time used, of all pseudo-channels over the simulated time",
            simulated > 0 ? static_cast<double>(counters.data_bus_busy) / bus_time : 0.0);
  out.gauge("channel_balance", "1", "bytes of the busiest channel over the mean of all", channel_balance());
  const std::vector<std::uint64_t> channels = engine_->bytes_per_channel();
  for (std::size_t i = 0; i < channels.size(); ++i) {
    out.count("bytes_channel_" + std::to_string(i / o.channels) + "_" + std::to_string(i % o.channels),
              "bytes", "bytes moved by this channel (stack, channel), in whole bursts", channels[i]);
  }
  out.count("resident_bytes", "bytes", "written pages that the simulator keeps", store_.resident_bytes());
  report_energy(config_, counters, simulated, out);
}

}  // namespace prism::hbm
