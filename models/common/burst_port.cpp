// SPDX-License-Identifier: Apache-2.0
#include "models/common/burst_port.h"

#include <algorithm>
#include <cassert>

#include "models/common/sc_time.h"

namespace prism {

BurstPort::BurstPort(sc_core::sc_module_name name, std::string initiator, const BurstPortConfig& config)
    : sc_core::sc_module(name),
      socket("socket"),
      initiator_(std::move(initiator)),
      config_(config),
      phases_(this, &BurstPort::on_phase),
      flights_(&flight_memory_) {
  assert(config_.max_burst_bytes > 0 && config_.max_outstanding > 0);
  socket.register_nb_transport_bw(this, &BurstPort::nb_transport_bw);
}

std::uint64_t BurstPort::burst_bytes(std::uint64_t address, std::uint64_t left) const {
  return std::min(left, config_.max_burst_bytes - address % config_.max_burst_bytes);
}

void BurstPort::submit(const Transfer& transfer, TransferBatch& batch) {
  for (std::uint64_t offset = 0; offset < transfer.bytes;) {
    const std::uint64_t bytes = burst_bytes(transfer.address + offset, transfer.bytes - offset);
    issue(transfer, offset, bytes, batch);
    offset += bytes;
  }
}

void BurstPort::wait(TransferBatch& batch) {
  wait_below(batch, 1);
}

void BurstPort::wait_below(TransferBatch& batch, std::uint32_t limit) {
  while (batch.outstanding_ >= limit) sc_core::wait(batch.progress_);
}

void BurstPort::run(std::span<const Transfer> transfers, TransferBatch& batch) {
  for (const Transfer& transfer : transfers) submit(transfer, batch);
  wait(batch);
}

void BurstPort::issue(const Transfer& transfer, std::uint64_t offset, std::uint64_t bytes,
                      TransferBatch& batch) {
  const std::uint64_t turn = next_turn_++;
  turns_.push_back(turn);
  while (turns_.front() != turn || request_channel_busy_ || flights_.size() >= config_.max_outstanding) {
    sc_core::wait(can_issue_);
  }
  turns_.pop_front();

  tlm::tlm_generic_payload& payload = pool_.allocate();
  auto* info = payload.get_extension<TransactionInfo>();
  info->purpose = transfer.purpose;
  info->initiator = initiator_.c_str();
  info->carries_data = transfer.data != nullptr;
  payload.set_command(transfer.is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(transfer.address + offset);
  // The base protocol wants a data pointer even where nothing will be read or written.
  static unsigned char no_data;
  payload.set_data_ptr(transfer.data != nullptr ? reinterpret_cast<unsigned char*>(transfer.data) + offset
                                                : &no_data);
  payload.set_data_length(static_cast<unsigned int>(bytes));
  payload.set_streaming_width(static_cast<unsigned int>(bytes));

  ++bursts_;
  ++batch.outstanding_;
  if (batch.whole_ != nullptr) ++batch.whole_->outstanding_;
  flights_.emplace(&payload, Flight{&batch, false, false});
  request_channel_busy_ = true;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const tlm::tlm_sync_enum sync = socket->nb_transport_fw(payload, phase, delay);
  if (sync == tlm::TLM_COMPLETED) {
    // Early completion: the response is valid after `delay`, and no phase follows.
    end_request(payload);
    flights_.at(&payload).completed_early = true;
    defer(payload, tlm::BEGIN_RESP, delay);
  } else if (sync == tlm::TLM_UPDATED) {
    defer(payload, phase, delay);
  }
  if (!request_channel_busy_ && !turns_.empty()) can_issue_.notify(sc_core::SC_ZERO_TIME);
}

tlm::tlm_sync_enum BurstPort::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  if (delay > sc_core::SC_ZERO_TIME) {
    defer(payload, phase, delay);
  } else if (phase == tlm::END_REQ) {
    end_request(payload);
  } else if (phase == tlm::BEGIN_RESP) {
    end_request(payload);
    finish(payload);
    phase = tlm::END_RESP;
    return tlm::TLM_COMPLETED;
  }
  return tlm::TLM_ACCEPTED;
}

void BurstPort::defer(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase,
                      const sc_core::sc_time& delay) {
  payload.acquire();  // until on_phase, so the payload is not reused meanwhile
  phases_.notify(payload, phase, delay);
}

void BurstPort::on_phase(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  const auto flight = flights_.find(&payload);
  if (flight != flights_.end()) {  // else the response of the same moment has overtaken END_REQ
    end_request(payload);
    if (phase == tlm::BEGIN_RESP) {
      if (!flight->second.completed_early) {
        tlm::tlm_phase end = tlm::END_RESP;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->nb_transport_fw(payload, end, delay);
      }
      finish(payload);
    }
  }
  payload.release();
}

void BurstPort::end_request(tlm::tlm_generic_payload& payload) {
  Flight& flight = flights_.at(&payload);
  if (flight.request_ended) return;
  flight.request_ended = true;
  request_channel_busy_ = false;
  can_issue_.notify(sc_core::SC_ZERO_TIME);
}

void BurstPort::finish(tlm::tlm_generic_payload& payload) {
  const auto found = flights_.find(&payload);
  TransferBatch& batch = *found->second.batch;
  flights_.erase(found);
  const std::uint64_t bytes = payload.get_data_length();
  if (payload.is_response_ok()) {
    batch.bytes_done_ += bytes;
    const Purpose purpose = transaction_info(payload).purpose;
    (payload.is_write() ? bytes_written_ : bytes_read_).add(purpose, bytes);
  } else {
    ++bus_errors_;
    if (batch.ok() || payload.get_address() < batch.fault_address_) {
      batch.status_ = payload.get_response_status();
      batch.fault_address_ = payload.get_address();
    }
  }
  for (TransferBatch* counted : {&batch, batch.whole_}) {
    if (counted == nullptr) continue;
    --counted->outstanding_;
    counted->progress_.notify(sc_core::SC_ZERO_TIME);
  }
  can_issue_.notify(sc_core::SC_ZERO_TIME);
  payload.release();
}

void BurstPort::report(ModuleStatistics& out) const {
  out.by_purpose("bytes_read", "bytes", "bytes read through the master port, by purpose", bytes_read_);
  out.by_purpose("bytes_written", "bytes", "bytes written through the master port, by purpose",
                 bytes_written_);
  out.count("bursts", "1", "bursts issued", bursts_);
  out.count("bus_errors", "1", "bursts that ended with an error response", bus_errors_);
}

}  // namespace prism
