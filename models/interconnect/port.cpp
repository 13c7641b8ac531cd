// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/port.h"

#include <stdexcept>
#include <string>

#include "models/common/transaction_info.h"

namespace prism::interconnect {

namespace {

const PortConfig& checked(const PortConfig& config) {
  if (config.name.empty()) throw std::invalid_argument("bus: a port has no name");
  if (config.width_bytes == 0) throw std::invalid_argument("bus: port '" + config.name + "' has no width");
  if (!(config.clock_mhz > 0.0) || period_ps(config.clock_mhz) == 0) {
    throw std::invalid_argument("bus: port '" + config.name + "' needs a clock between 0 and 2 THz");
  }
  if (config.latency_ps < 0)
    throw std::invalid_argument("bus: port '" + config.name + "' has a negative latency");
  return config;
}

}  // namespace

Port::Port(const PortConfig& port_config, std::uint32_t port_index)
    : config(checked(port_config)),
      index(port_index),
      request(config.width_bytes, config.clock_mhz),
      response(config.width_bytes, config.clock_mhz) {}

Picoseconds Port::request_duration(const tlm::tlm_generic_payload& payload) const {
  const std::uint64_t data = payload.is_write() ? payload.get_data_length() : 0;
  return std::max(request.period(), request.duration(data));
}

Picoseconds Port::return_duration(const tlm::tlm_generic_payload& payload) const {
  return payload.is_read() && payload.is_response_ok() ? response.duration(payload.get_data_length()) : 0;
}

void Port::count(const tlm::tlm_generic_payload& payload) {
  ++transactions;
  if (!payload.is_response_ok()) return;
  const std::uint64_t length = payload.get_data_length();
  if (payload.is_read()) bytes_read += length;
  if (payload.is_write()) bytes_written += length;
  if (payload.is_read() || payload.is_write()) bytes.add(transaction_info(payload).purpose, length);
}

void Port::report(std::string_view prefix, ModuleStatistics& out) const {
  const std::string name = std::string(prefix) + "_" + config.name + ".";
  out.count(name + "transactions", "1", "transactions that passed the port", transactions);
  out.count(name + "bytes_read", "bytes", "bytes of successful reads", bytes_read);
  out.count(name + "bytes_written", "bytes", "bytes of successful writes", bytes_written);
  out.by_purpose(name + "bytes_by_purpose", "bytes", "bytes of successful transactions, by purpose", bytes);
  out.gauge(name + "request_busy_ns", "ns", "time the request channel was in use",
            ns_from_ps(request.busy()));
  out.gauge(name + "return_busy_ns", "ns", "time the return channel was in use", ns_from_ps(response.busy()));
  out.gauge(name + "wait_ns", "ns", "time requests waited for arbitration, summed", ns_from_ps(waited));
}

}  // namespace prism::interconnect
