// SPDX-License-Identifier: Apache-2.0
// What both kinds of bus port have in common: two channels, and counters.
#pragma once

#include <string_view>
#include <tlm>

#include "models/common/purpose.h"
#include "models/common/statistics.h"
#include "models/interconnect/bus_config.h"
#include "models/interconnect/channel.h"

namespace prism::interconnect {

struct Port {
  /// Throws std::invalid_argument for a port without a name, width or clock.
  Port(const PortConfig& port_config, std::uint32_t port_index);

  /// Time that the request of `payload` takes on this port: the data of a write, or one clock.
  Picoseconds request_duration(const tlm::tlm_generic_payload& payload) const;
  /// Time that the response takes: the data of a successful read, or nothing.
  Picoseconds return_duration(const tlm::tlm_generic_payload& payload) const;

  /// Counts a transaction that has its response.
  void count(const tlm::tlm_generic_payload& payload);
  /// Adds the counters as PREFIX_NAME.transactions and so on.
  void report(std::string_view prefix, ModuleStatistics& out) const;

  PortConfig config;
  std::uint32_t index;
  Channel request;
  Channel response;
  std::uint64_t transactions = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  PurposeCounters bytes;
  Picoseconds waited = 0;  // requests, for arbitration
};

}  // namespace prism::interconnect
