// SPDX-License-Identifier: Apache-2.0
// An independent model to judge the fast engine by: the same rules applied burst by burst, without closed
// forms. Each burst takes the first free time on its data bus once its row is open. Reads only, open page, no
// refresh.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "models/hbm/address_map.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm::test {

class BurstReference {
 public:
  explicit BurstReference(const HbmConfig& config)
      : config_(config),
        map_(config.controller.address_map, config.organization),
        lanes_(config.organization.pseudo_channels_total()),
        row_bus_(config.organization.stacks * config.organization.channels) {
    for (Lane& lane : lanes_) {
      lane.banks.resize(config.organization.banks_per_pseudo_channel());
      lane.groups.resize(config.organization.stack_ids * config.organization.bank_groups);
    }
  }

  /// The end of the request's last data.
  Picoseconds read(const Request& request) {
    Picoseconds done = 0;
    const std::uint64_t size = config_.organization.burst_bytes;
    for (std::uint64_t address = request.address / size * size; address < request.address + request.bytes;
         address += size) {
      done = std::max(done, read_burst(address, request.arrival));
    }
    return done;
  }

  std::uint64_t bursts() const { return bursts_; }
  std::uint64_t misses() const { return misses_; }

 private:
  struct Bank {
    std::int64_t row = -1;
    Picoseconds activated = -1'000'000'000, last_read = 0;
  };
  struct Group {
    Picoseconds activate_ready = 0;
    std::set<Picoseconds> reads;  // command times
  };
  struct Lane {
    std::vector<Bank> banks;
    std::vector<Group> groups;
    std::map<Picoseconds, Picoseconds> busy;  // data on the bus: begin, end of each run
    Picoseconds activate_ready = 0;
    std::array<Picoseconds, 4> window{-1'000'000'000, -1'000'000'000, -1'000'000'000, -1'000'000'000};
    std::size_t oldest = 0;
  };

  Picoseconds clocks(Picoseconds time) const {
    return (time + config_.timing.tCK - 1) / config_.timing.tCK * config_.timing.tCK;
  }

  Picoseconds read_burst(std::uint64_t address, Picoseconds arrival) {
    const Timing& t = config_.timing;
    const Location at = map_.decode(address);
    Lane& lane = lanes_[map_.pseudo_channel_index(at)];
    const std::uint32_t index = map_.bank_index(at);
    Bank& bank = lane.banks[index];
    Group& group = lane.groups[index / config_.organization.banks];
    const Picoseconds extra = t.act_command - t.tCK;
    ++bursts_;
    while (!lane.busy.empty() && lane.busy.begin()->second <= arrival) lane.busy.erase(lane.busy.begin());
    while (!group.reads.empty() && *group.reads.begin() + clocks(t.tCCDL) <= arrival)
      group.reads.erase(group.reads.begin());
    if (bank.row != at.row) {
      ++misses_;
      Picoseconds& row_bus = row_bus_[map_.channel_index(at)];
      Picoseconds ready = bank.activated + clocks(t.tRC);
      if (bank.row >= 0) {
        const Picoseconds precharge =
            std::max({arrival, bank.activated + clocks(t.tRAS + extra), bank.last_read + clocks(t.tRTP)});
        ready = std::max(ready, precharge + clocks(t.tRP - extra));
      }
      const Picoseconds turn = std::max({arrival, lane.activate_ready, group.activate_ready,
                                         lane.window[lane.oldest] + clocks(t.tFAW), row_bus});
      row_bus =
          std::max(row_bus, arrival) + clocks(t.act_command) + (bank.row >= 0 ? clocks(t.row_command) : 0);
      lane.activate_ready = turn + clocks(t.tRRDS);
      group.activate_ready = turn + clocks(t.tRRDL);
      lane.window[lane.oldest] = turn;
      lane.oldest = (lane.oldest + 1) % 4;
      bank.activated = std::max(turn, ready);
      bank.row = at.row;
    }
    const Picoseconds latency = t.tCL + t.tDQSCK;
    Picoseconds command = std::max(arrival, bank.activated + clocks(t.tRCDRD + extra));
    command = free_time(lane, group, command, latency);
    take(lane.busy, command + latency, command + latency + t.tBURST);
    group.reads.insert(command);
    bank.last_read = std::max(bank.last_read, command);
    return command + latency + t.tBURST + config_.controller.frontend_ps;
  }

  static void take(std::map<Picoseconds, Picoseconds>& busy, Picoseconds begin, Picoseconds end) {
    const auto next = busy.find(end);
    if (next != busy.end()) {
      end = next->second;
      busy.erase(next);
    }
    const auto after = busy.lower_bound(begin);
    if (after != busy.begin() && std::prev(after)->second == begin) {
      std::prev(after)->second = end;
    } else {
      busy[begin] = end;
    }
  }

  /// The first time from `command` on at which neither the bus nor the bank group is taken.
  Picoseconds free_time(const Lane& lane, const Group& group, Picoseconds command,
                        Picoseconds latency) const {
    const Timing& t = config_.timing;
    for (;;) {
      const Picoseconds before = command;
      auto data = lane.busy.lower_bound(command + latency);
      if (data != lane.busy.begin() && std::prev(data)->second > command + latency) {
        command = std::prev(data)->second - latency;
      } else if (data != lane.busy.end() && data->first < command + latency + t.tBURST) {
        command = data->second - latency;
      }
      const auto next = group.reads.lower_bound(command);
      const Picoseconds apart = clocks(t.tCCDL);
      if (next != group.reads.end() && *next < command + apart) command = *next + apart;
      if (next != group.reads.begin() && *std::prev(next) + apart > command)
        command = *std::prev(next) + apart;
      if (command == before) return command;
    }
  }

  HbmConfig config_;
  AddressMap map_;
  std::vector<Lane> lanes_;
  std::vector<Picoseconds> row_bus_;
  std::uint64_t bursts_ = 0;
  std::uint64_t misses_ = 0;
};

}  // namespace prism::hbm::test
