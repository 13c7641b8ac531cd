// SPDX-License-Identifier: Apache-2.0
#include "models/common/register_target.h"

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"

namespace prism {

namespace {

tlm::tlm_response_status response_of(RegisterResult result) {
  switch (result) {
    case RegisterResult::kOk:
      return tlm::TLM_OK_RESPONSE;
    case RegisterResult::kUnmapped:
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    case RegisterResult::kBadSize:
      return tlm::TLM_BURST_ERROR_RESPONSE;
    case RegisterResult::kReadOnlyWrite:
      return tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  return tlm::TLM_GENERIC_ERROR_RESPONSE;
}

}  // namespace

RegisterTarget::RegisterTarget(sc_core::sc_module_name name, RegisterBank& bank, Picoseconds access_ps)
    : sc_core::sc_module(name), socket("socket"), bank_(bank), access_time_(to_sc_time(access_ps)) {
  socket.register_b_transport(this, &RegisterTarget::b_transport);
  socket.register_transport_dbg(this, &RegisterTarget::transport_dbg);
}

void RegisterTarget::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  delay += access_time_;
  payload.set_dmi_allowed(false);
  if (payload.get_byte_enable_ptr() != nullptr) {
    log_guest_error(bank_.name(), payload, "byte enables are not supported");
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return;
  }
  auto* data = reinterpret_cast<std::byte*>(payload.get_data_ptr());
  const std::size_t size = payload.get_data_length();
  RegisterResult result = RegisterResult::kOk;
  if (payload.is_read()) {
    result = bank_.read(payload.get_address(), {data, size});
  } else if (payload.is_write()) {
    result = bank_.write(payload.get_address(), {data, size});
  }
  if (result != RegisterResult::kOk) log_guest_error(bank_.name(), payload, describe(result));
  payload.set_response_status(response_of(result));
}

unsigned int RegisterTarget::transport_dbg(tlm::tlm_generic_payload& payload) {
  const unsigned int size = payload.get_data_length();
  if (!payload.is_read()) return 0;  // a debugger looks, it does not operate devices
  bank_.debug_read(payload.get_address(), {reinterpret_cast<std::byte*>(payload.get_data_ptr()), size});
  return size;
}

}  // namespace prism
