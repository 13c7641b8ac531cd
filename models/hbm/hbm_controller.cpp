// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/hbm_controller.h"

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
      ecc_(config),
      temperature_c_(config.temperature.temperature_c),
      refresh_rate_(config.temperature.refresh_rate(temperature_c_)),
      patrol_rests_(config.ecc.scrub_interval_ps > 0),
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
  SC_METHOD(patrol);
  sensitive << patrol_event_;
  dont_initialize();
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
  if (patrol_rests_) {
    patrol_rests_ = false;
    patrol_event_.notify(to_sc_time(config_.ecc.scrub_interval_ps));
  }
  return submit(slot);
}

bool HbmController::submit(std::size_t slot) {
  const bool taken = waiting_.empty() && push(slot);
  if (!taken) waiting_.push_back(slot);
  advance(now_ps());
  // Other processes of this instant may still have requests: run ahead when they have had their turn.
  if (!taken || !engine_->idle()) run_.notify(to_sc_time(1));
  return taken;
}

bool HbmController::push(std::size_t slot) {
  const tlm::tlm_generic_payload* payload = accesses_[slot].payload;
  if (payload == nullptr) return engine_->push({slot, patrol_->address, patrol_->bytes, false, now_ps()});
  return engine_->push(
      {slot, payload->get_address(), payload->get_data_length(), payload->is_write(), now_ps()});
}

void HbmController::patrol() {
  // With nothing else going on the patrol rests, so that a simulation can end by itself.
  patrol_rests_ = !sc_core::sc_pending_activity();
  if (patrol_rests_) return;
  patrol_event_.notify(to_sc_time(config_.ecc.scrub_interval_ps));
  if (patrol_) return;  // the last region has not been read yet
  patrol_ = ecc_.next_scrub();
  const std::size_t slot = allocate();
  accesses_[slot].payload = nullptr;
  submit(slot);
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
    if (access.blocking || access.payload == nullptr) continue;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    // The master may begin its next request at once, which then waits behind those here.
    memory->nb_transport_bw(*access.payload, phase, delay);
  }
  const Picoseconds now = now_ps();
  Picoseconds reached = advance(now);
  while (!engine_->idle() || !waiting_.empty()) {
    const sc_core::sc_time pause = sc_core::sc_time_to_pending_activity();
    const Picoseconds limit =
        pause >= sc_core::sc_max_time() - sc_core::sc_time_stamp() ? kNever : now + to_ps(pause);
    if (limit <= reached) break;
    reached = advance(limit);
    if (!waiting_.empty()) break;
  }
  if (engine_->idle() && waiting_.empty()) return;
  // What is known a clock late is known in time: data follow their command by more than that. Without this,
  // events that are closer together would cost a run each.
  const Picoseconds least = waiting_.empty() ? config_.timing.tCK : 1;
  run_.notify(to_sc_time(std::max(least, reached - now)));
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

void HbmController::move_data(tlm::tlm_generic_payload& payload, const TransactionInfo& info) {
  const std::uint64_t address = payload.get_address();
  const std::size_t bytes = payload.get_data_length();
  auto* pointer = reinterpret_cast<std::byte*>(payload.get_data_ptr());
  const std::span<std::byte> data = info.carries_data ? std::span(pointer, bytes) : std::span<std::byte>();
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  if (payload.is_write()) {
    store_.write(address, data);
    ecc_.write(address, bytes);
    return;
  }
  store_.read(address, data);
  if (const auto poisoned = ecc_.read(address, bytes, data, info.initiator)) {
    std::ostringstream text;
    text << "uncorrectable ECC error in the burst at 0x" << std::hex << *poisoned;
    log_guest_error(name(), payload, text.str());
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  }
}

void HbmController::complete(std::size_t slot) {
  Access& access = accesses_[slot];
  if (access.payload == nullptr) {
    ecc_.scrub(*patrol_);
    patrol_.reset();
    free_slots_.push_back(slot);
    return;
  }
  tlm::tlm_generic_payload& payload = *access.payload;
  const TransactionInfo& info = transaction_info(payload);
  const std::size_t bytes = payload.get_data_length();
  move_data(payload, info);
  if (payload.is_response_ok()) {
    traffic_.end(info.initiator, info.purpose, payload.is_write(), bytes, access.begun, now_ps());
  } else {
    traffic_.end_poisoned(bytes, now_ps());
  }
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

void HbmController::set_temperature(double celsius) {
  temperature_c_ = celsius;
  const std::uint32_t rate = config_.temperature.refresh_rate(celsius);
  if (rate == refresh_rate_) return;
  refresh_rate_ = rate;
  const Picoseconds now = now_ps();
  while (advance(now) < now) {
  }
  engine_->set_refresh_rate(rate);
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

std::vector<std::string> HbmController::warnings() const {
  std::vector<std::string> all;
  if (const double balance = channel_balance(); balance > 2.0) {
    std::ostringstream text;
    text << "the busiest HBM channel carries " << std::fixed << std::setprecision(1) << balance
         << " times the mean of all channels; the address map does not spread this traffic";
    all.push_back(text.str());
  }
  if (const std::uint64_t silent = ecc_.counters().silent; silent > 0) {
    all.push_back("the HBM, without ECC, handed out wrong bits " + std::to_string(silent) + " times");
  }
  return all;
}

void HbmController::report_ecc(ModuleStatistics& out) const {
  const EccModel::Counters& ecc = ecc_.counters();
  out.count("ecc_corrected", "1", "bursts read and corrected", ecc.corrected);
  out.count("ecc_uncorrectable", "1", "bursts read and poisoned", ecc.uncorrectable);
  out.count("ecc_silent", "1", "bursts handed out with wrong bits, ECC being off", ecc.silent);
  out.count("scrubbed_bursts", "1", "bursts read by the patrol scrubber", ecc.scrubbed);
  out.count("scrubbed_bytes", "bytes",
            "the same in bytes: not part of bytes_read, but of the channels' bytes",
            ecc.scrubbed * config_.organization.burst_bytes);
  out.count("scrub_corrected", "1", "bursts that the patrol scrubber corrected", ecc.scrub_corrected);
  out.count("scrub_uncorrectable", "1", "bursts that it could not correct", ecc.scrub_uncorrectable);
  out.gauge("temperature_c", "C", "temperature of the stacks", temperature_c_);
  out.count("refresh_rate", "1", "refreshes for each one at the nominal rate, by the temperature",
            refresh_rate_);
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
  report_ecc(out);
  out.count("resident_bytes", "bytes", "written pages that the simulator keeps", store_.resident_bytes());
  report_energy(config_, counters, simulated, out);
}

}  // namespace prism::hbm
