// SPDX-License-Identifier: Apache-2.0
#include "models/memory/storage_target.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"
#include "models/common/transaction_info.h"

namespace prism::memory {

namespace {

const char* describe(tlm::tlm_response_status status) {
  switch (status) {
    case tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
      return "byte enables are not supported";
    case tlm::TLM_BURST_ERROR_RESPONSE:
      return "streaming is not supported";
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return "access outside the memory";
    default:
      return "write to read-only memory";
  }
}

}  // namespace

void StorageTarget::FreeDeleter::operator()(std::byte* memory) const {
  std::free(memory);
}

StorageTarget::StorageTarget(sc_core::sc_module_name name, std::uint64_t bytes, bool writable)
    : sc_core::sc_module(name), socket("socket"), bytes_(bytes), writable_(writable) {
  if (bytes == 0) throw std::invalid_argument("memory '" + std::string(this->name()) + "' has no bytes");
  // calloc maps large blocks without touching them, so unused storage costs nothing.
  storage_.reset(static_cast<std::byte*>(std::calloc(bytes, 1)));
  if (storage_ == nullptr) throw std::bad_alloc();
  socket.register_b_transport(this, &StorageTarget::b_transport);
  socket.register_nb_transport_fw(this, &StorageTarget::nb_transport_fw);
  socket.register_transport_dbg(this, &StorageTarget::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &StorageTarget::get_direct_mem_ptr);
}

void StorageTarget::load(std::uint64_t offset, std::span<const std::byte> image) {
  if (image.size() > bytes_ || offset > bytes_ - image.size()) {
    throw std::out_of_range("memory '" + std::string(name()) + "': an image of " +
                            std::to_string(image.size()) + " bytes at offset " + std::to_string(offset) +
                            " does not fit");
  }
  if (!image.empty()) std::memcpy(storage_.get() + offset, image.data(), image.size());
}

void StorageTarget::report(ModuleStatistics& out) const {
  out.by_purpose("bytes_read", "bytes", "bytes read, by purpose", bytes_read_);
  out.by_purpose("bytes_written", "bytes", "bytes written, by purpose", bytes_written_);
  out.gauge("busy_ns", "ns", "time the data path was in use (mean over banks)", ns_from_ps(busy()));
  out.count("errors", "1", "accesses that got an error response", errors_);
}

bool StorageTarget::in_range(const tlm::tlm_generic_payload& payload) const {
  const std::uint64_t length = payload.get_data_length();
  return length <= bytes_ && payload.get_address() <= bytes_ - length;
}

tlm::tlm_response_status StorageTarget::check(const tlm::tlm_generic_payload& payload) const {
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (payload.get_streaming_width() < payload.get_data_length()) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (!in_range(payload)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (payload.is_write() && !writable_) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

void StorageTarget::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const tlm::tlm_response_status status = check(payload);
  payload.set_response_status(status);
  if (status != tlm::TLM_OK_RESPONSE) {
    ++errors_;
    log_guest_error(name(), payload, describe(status));
    return;
  }
  payload.set_dmi_allowed(true);
  const std::uint64_t length = payload.get_data_length();
  if (length == 0 || payload.get_command() == tlm::TLM_IGNORE_COMMAND) return;
  delay = to_sc_time(access(now_ps() + to_ps(delay), payload.get_address(), length) - now_ps());
  const TransactionInfo& info = transaction_info(payload);
  (payload.is_write() ? bytes_written_ : bytes_read_).add(info.purpose, length);
  if (info.carries_data) move_data(payload);
}

tlm::tlm_sync_enum StorageTarget::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                  sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_ACCEPTED;  // ignorable phases: requests complete at once
  b_transport(payload, delay);
  return tlm::TLM_COMPLETED;
}

unsigned int StorageTarget::transport_dbg(tlm::tlm_generic_payload& payload) {
  if (!in_range(payload) || payload.get_command() == tlm::TLM_IGNORE_COMMAND) return 0;
  move_data(payload);
  return payload.get_data_length();
}

void StorageTarget::move_data(const tlm::tlm_generic_payload& payload) {
  std::byte* place = storage_.get() + payload.get_address();
  if (payload.is_write()) {
    std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
  } else {
    std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
  }
}

bool StorageTarget::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  dmi.set_start_address(0);
  dmi.set_end_address(bytes_ - 1);
  if (payload.get_address() >= bytes_ || (payload.is_write() && !writable_)) {
    dmi.allow_none();
    return false;
  }
  dmi.set_dmi_ptr(reinterpret_cast<unsigned char*>(storage_.get()));
  dmi.set_granted_access(writable_ ? tlm::tlm_dmi::DMI_ACCESS_READ_WRITE : tlm::tlm_dmi::DMI_ACCESS_READ);
  dmi.set_read_latency(to_sc_time(direct_access_ps()));
  dmi.set_write_latency(to_sc_time(direct_access_ps()));
  return true;
}

}  // namespace prism::memory
