// SPDX-License-Identifier: Apache-2.0
#include "models/common/guest_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <systemc>

#include "models/common/transaction_info.h"

namespace prism {
namespace {

void log(std::string_view where, std::string_view what) {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("guest", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    return made;
  }();
  logger->warn("[{}] {}: {}", sc_core::sc_time_stamp().to_string(), where, what);
}

}  // namespace

void log_guest_error(std::string_view where, const tlm::tlm_generic_payload& payload, std::string_view what) {
  const TransactionInfo& info = transaction_info(payload);
  log(where, fmt::format("{} ({} {} of {} bytes at {:#x}, pc {:#x})", what, info.initiator,
                         payload.is_write() ? "write" : "read", payload.get_data_length(),
                         payload.get_address(), info.program_counter));
}

void log_guest_error(std::string_view where, std::string_view what) {
  log(where, what);
}

}  // namespace prism
