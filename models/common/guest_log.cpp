// SPDX-License-Identifier: Apache-2.0
#include "models/common/guest_log.h"

#include <spdlog/spdlog.h>

#include "models/common/transaction_info.h"

namespace prism {

void log_guest_error(std::string_view where, const tlm::tlm_generic_payload& payload, std::string_view what) {
  const TransactionInfo& info = transaction_info(payload);
  spdlog::warn("{}: {} ({} {} of {} bytes at {:#x}, pc {:#x})", where, what, info.initiator,
               payload.is_write() ? "write" : "read", payload.get_data_length(), payload.get_address(),
               info.program_counter);
}

void log_guest_error(std::string_view where, std::string_view what) {
  spdlog::warn("{}: {}", where, what);
}

}  // namespace prism
