// SPDX-License-Identifier: Apache-2.0
// The master port of every bulk device (DMA engine, compute engine, photonic core): cuts transfers into
// bursts and keeps a bounded number of them outstanding over the four-phase TLM base protocol.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <span>
#include <string>
#include <systemc>
#include <unordered_map>

#include "models/common/payload_pool.h"
#include "models/common/purpose.h"
#include "models/common/statistics.h"

namespace prism {

struct BurstPortConfig {
  std::uint32_t max_burst_bytes = 16384;  // > 0; a burst never crosses a multiple of it
  std::uint32_t max_outstanding = 64;  // > 0; bursts between request and response, over all users of the port
};

struct Transfer {
  std::uint64_t address;
  std::uint64_t bytes;
  std::byte* data;  // at least `bytes` long; nullptr: timing only, no data moves
  bool is_write;
  Purpose purpose;
};

/// A set of bursts that a process waits for together.
class TransferBatch {
 public:
  /// `whole`, which outlives this batch, counts its bursts too.
  explicit TransferBatch(TransferBatch* whole = nullptr) : whole_(whole) {}

  bool ok() const { return status_ == tlm::TLM_OK_RESPONSE; }
  /// Status of the failed burst with the lowest address, or TLM_OK_RESPONSE.
  tlm::tlm_response_status status() const { return status_; }
  std::uint64_t fault_address() const { return fault_address_; }
  /// Bytes of the bursts that succeeded.
  std::uint64_t bytes_done() const { return bytes_done_; }
  std::uint32_t outstanding() const { return outstanding_; }

 private:
  friend class BurstPort;
  TransferBatch* whole_;
  std::uint32_t outstanding_ = 0;
  tlm::tlm_response_status status_ = tlm::TLM_OK_RESPONSE;
  std::uint64_t fault_address_ = 0;
  std::uint64_t bytes_done_ = 0;
  sc_core::sc_event progress_;
};

class BurstPort : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<BurstPort> socket;

  /// `initiator`: the name carried in every transaction.
  BurstPort(sc_core::sc_module_name name, std::string initiator, const BurstPortConfig& config);

  /// Bytes of the burst that `left` bytes from `address` begin with.
  std::uint64_t burst_bytes(std::uint64_t address, std::uint64_t left) const;

  /// Issues every burst of the transfer, waiting while the port is at its outstanding limit; returns when the
  /// last burst has been issued. The data must stay valid until wait() returns. Call from an SC_THREAD.
  void submit(const Transfer& transfer, TransferBatch& batch);

  /// Waits until every burst of the batch has ended.
  void wait(TransferBatch& batch);

  /// Waits until fewer than `limit` (> 0) bursts of the batch are outstanding.
  void wait_below(TransferBatch& batch, std::uint32_t limit);

  /// submit + wait of several transfers, overlapped.
  void run(std::span<const Transfer> transfers, TransferBatch& batch);
  void run(const Transfer& transfer, TransferBatch& batch) { run({&transfer, 1}, batch); }

  const PurposeCounters& bytes_read() const { return bytes_read_; }
  const PurposeCounters& bytes_written() const { return bytes_written_; }
  /// Adds bytes_read, bytes_written, bursts, bus_errors.
  void report(ModuleStatistics& out) const;

 private:
  struct Flight {
    TransferBatch* batch;
    bool request_ended;
    bool completed_early;
  };

  void issue(const Transfer& transfer, std::uint64_t offset, std::uint64_t bytes, TransferBatch& batch);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void defer(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase, const sc_core::sc_time& delay);
  void on_phase(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void end_request(tlm::tlm_generic_payload& payload);
  void finish(tlm::tlm_generic_payload& payload);

  std::string initiator_;
  BurstPortConfig config_;
  PayloadPool pool_;
  tlm_utils::peq_with_cb_and_phase<BurstPort> phases_;
  std::pmr::unsynchronized_pool_resource flight_memory_;  // recycles the nodes of flights_
  std::pmr::unordered_map<const tlm::tlm_generic_payload*, Flight> flights_;
  bool request_channel_busy_ = false;  // BEGIN_REQ sent, END_REQ not yet seen (base-protocol exclusion rule)
  std::deque<std::uint64_t> turns_;    // processes waiting to issue, in order of arrival
  std::uint64_t next_turn_ = 0;
  sc_core::sc_event can_issue_;
  PurposeCounters bytes_read_;
  PurposeCounters bytes_written_;
  std::uint64_t bursts_ = 0;
  std::uint64_t bus_errors_ = 0;
};

}  // namespace prism
