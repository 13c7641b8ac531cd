// SPDX-License-Identifier: Apache-2.0
// The HBM controller on the bus: sockets, content, responses, statistics. The time of a request is the
// engine's.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <systemc>
#include <vector>

#include "models/common/purpose.h"
#include "models/common/register_target.h"
#include "models/common/statistics.h"
#include "models/common/transaction_info.h"
#include "models/common/units.h"
#include "models/hbm/ecc.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"
#include "models/hbm/traffic_statistics.h"
#include "models/memory/page_source.h"
#include "models/memory/sparse_store.h"

namespace prism::hbm {

/// Requests of any length and alignment, blocking or by the four-phase base protocol, mixed. Data move when
/// the engine says that a request is complete, so that a read begun after a write has ended sees it. While
/// the engine is full, requests wait in order and END_REQ is withheld. The engine runs ahead to the next
/// event of the rest of the system: a request costs one event, not one a burst.
///
/// A read of a burst with an uncorrectable error (see ecc.h) ends with TLM_GENERIC_ERROR_RESPONSE. The patrol
/// scrubber's reads go through the engine like any other and take its bandwidth; it starts with the first
/// access and rests while nothing else happens in the simulation. The temperature is given, by the
/// configuration or a register, and sets the refresh rate. A caller's local time ahead of the simulation's
/// (the delay argument of b_transport) is waited for, so decoupled masters see the exact order of accesses.
///
/// Not modelled: direct memory access (it would hide the traffic), interrupts, heat.
class HbmController : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<HbmController> memory;  // addresses from the start of HBM
  RegisterTarget registers;                               // prism/hw/hbm.h

  /// `content` (may be null: zero) is what HBM holds before the first write, and outlives this. Throws
  /// std::invalid_argument when the configuration cannot be simulated.
  HbmController(sc_core::sc_module_name name, const HbmConfig& config, const memory::PageSource* content);
  HbmController(sc_core::sc_module_name name, const HbmConfig& config, const memory::PageSource* content,
                std::unique_ptr<TimingEngine> engine);

  const HbmConfig& config() const { return config_; }
  const PurposeCounters& read_by_purpose() const { return traffic_.read(); }
  const PurposeCounters& written_by_purpose() const { return traffic_.written(); }
  const TrafficStatistics& traffic() const { return traffic_; }
  EngineCounters counters() const { return engine_->counters(); }
  std::vector<std::uint64_t> bytes_per_channel() const { return engine_->bytes_per_channel(); }
  double row_hit_rate() const;
  /// Busiest channel over the mean of all; 1 when nothing has moved.
  double channel_balance() const;
  /// Sentences about what a user should know: one channel carries more than twice the mean; data are wrong.
  std::vector<std::string> warnings() const;
  double temperature_c() const { return temperature_c_; }
  /// Adds the statistics of TrafficStatistics::report, row_hits, row_misses, row_hit_rate, activates,
  /// precharges, refreshes, peak_gbps, achieved_gbps (while busy), data_bus_utilisation, channel_balance,
  /// bytes_channel_STACK_CHANNEL, ECC and scrubbing, temperature, resident memory, and energy. `simulated`:
  /// time since the start.
  void report(ModuleStatistics& out, Picoseconds simulated) const;

 private:
  SC_HAS_PROCESS(HbmController);

  struct Access {
    tlm::tlm_generic_payload* payload = nullptr;  // null: the patrol scrubber's
    std::unique_ptr<sc_core::sc_event> done;      // kept for the slot's next blocking access
    bool blocking = false;
    Picoseconds begun = 0;
  };
  struct Response {
    Picoseconds time;
    std::uint64_t order;
    std::size_t slot;
    bool operator>(const Response& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  /// Counters that firmware can clear.
  struct TrafficCounts {
    std::uint64_t bytes_read = 0, bytes_written = 0, row_hits = 0, row_misses = 0, refreshes = 0;
  };

  void add_registers();
  void add_traffic_registers();
  void add_temperature_registers();
  void add_ecc_registers();
  void add_injection_registers();
  void add_constant(const char* name, std::uint64_t offset, std::uint32_t bytes, std::uint64_t value,
                    const char* description);
  void add_value(const char* name, std::uint64_t offset, std::uint32_t bytes, const char* description,
                 std::function<std::uint64_t()> value);
  TrafficCounts traffic_counts() const;
  void set_temperature(double celsius);
  void report_ecc(ModuleStatistics& out) const;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
  void on_phase(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);

  /// False, with a response status and a log line, for an access that the memory cannot serve.
  bool check(tlm::tlm_generic_payload& payload) const;
  /// Begins an access; returns whether the engine has taken it.
  bool begin(tlm::tlm_generic_payload& payload, std::size_t slot);
  std::size_t allocate();
  bool submit(std::size_t slot);
  bool push(std::size_t slot);
  /// Advances the engine to `limit`, or to the first completions known, and schedules their responses.
  Picoseconds advance(Picoseconds limit);
  void run_engine();  // SC_METHOD
  void respond();     // SC_METHOD
  void patrol();      // SC_METHOD: the patrol scrubber
  void complete(std::size_t slot);
  void move_data(tlm::tlm_generic_payload& payload, const TransactionInfo& info);
  void send_responses();
  void end_response();

  HbmConfig config_;
  std::unique_ptr<TimingEngine> engine_;
  memory::SparseStore store_;
  RegisterBank bank_;
  TrafficStatistics traffic_;
  EccModel ecc_;
  double temperature_c_;
  std::uint32_t refresh_rate_;
  std::optional<EccModel::Region> patrol_;  // being read
  bool patrol_rests_;
  std::vector<Access> accesses_;
  std::vector<std::size_t> free_slots_;
  std::deque<std::size_t> waiting_;  // not yet taken by the engine, in order of arrival
  std::vector<Completion> completions_;
  std::priority_queue<Response, std::vector<Response>, std::greater<>> responses_;
  std::uint64_t response_order_ = 0;
  std::deque<tlm::tlm_generic_payload*>
      response_channel_;  // the first may be between BEGIN_RESP and END_RESP
  bool response_under_way_ = false;
  tlm_utils::peq_with_cb_and_phase<HbmController> phases_;
  sc_core::sc_event run_;
  sc_core::sc_event respond_;
  sc_core::sc_event patrol_event_;
  // Values of the counters when firmware last cleared them.
  TrafficCounts cleared_;
  EccModel::Counters cleared_ecc_;
};

}  // namespace prism::hbm
