// SPDX-License-Identifier: Apache-2.0
// Which refresh command a pseudo-channel owes, and when.
#pragma once

#include <cstdint>
#include <memory>

#include "models/common/units.h"
#include "models/hbm/command.h"
#include "models/hbm/hbm_config.h"

namespace prism::hbm {

/// The refreshes of one pseudo-channel, one after the other.
class RefreshPolicy {
 public:
  virtual ~RefreshPolicy() = default;

  /// When the next refresh falls due; it is issued then if its banks are idle.
  virtual Picoseconds due() const = 0;
  /// From when on it is forced: its banks take no further bursts until it is done.
  virtual Picoseconds deadline() const = 0;
  virtual Command command() const = 0;
  virtual std::uint32_t bank() const = 0;   // of a per-bank refresh
  virtual std::uint64_t banks() const = 0;  // mask of the banks refreshed
  /// The refresh has been issued: on to the next.
  virtual void issued() = 0;
  /// From the next refresh on, the interval is the timing's over `times`.
  virtual void set_rate(std::uint32_t times) = 0;
};

class NoRefresh final : public RefreshPolicy {
 public:
  Picoseconds due() const override { return kNever; }
  Picoseconds deadline() const override { return kNever; }
  Command command() const override { return Command::kRefreshAll; }
  std::uint32_t bank() const override { return 0; }
  std::uint64_t banks() const override { return 0; }
  void issued() override {}
  void set_rate(std::uint32_t) override {}
};

/// All banks of the pseudo-channel every tREFI, the pseudo-channels of a channel staggered over the interval.
class AllBankRefresh final : public RefreshPolicy {
 public:
  AllBankRefresh(const HbmConfig& config, std::uint32_t pseudo_channel);
  Picoseconds due() const override { return due_; }
  Picoseconds deadline() const override { return due_ + interval_ * postponable_; }
  Command command() const override { return Command::kRefreshAll; }
  std::uint32_t bank() const override { return 0; }
  std::uint64_t banks() const override { return banks_; }
  void issued() override { due_ += interval_; }
  void set_rate(std::uint32_t times) override { interval_ = nominal_ / times; }

 private:
  Picoseconds nominal_;
  Picoseconds interval_;
  std::uint32_t postponable_;  // refreshes
  std::uint64_t banks_;
  Picoseconds due_;
};

/// One bank after the other, one every tREFIPB; without tREFIPB each bank once in tREFI. The banks take turns
/// over bank groups and stack ids, so that neighbours in time are far apart in the device.
class PerBankRefresh final : public RefreshPolicy {
 public:
  PerBankRefresh(const HbmConfig& config, std::uint32_t pseudo_channel);
  Picoseconds due() const override { return due_; }
  Picoseconds deadline() const override { return due_ + interval_ * postponable_; }
  Command command() const override { return Command::kRefreshBank; }
  std::uint32_t bank() const override;
  std::uint64_t banks() const override { return std::uint64_t{1} << bank(); }
  void issued() override;
  void set_rate(std::uint32_t times) override { interval_ = nominal_ / times; }

 private:
  std::uint32_t bank_count_;
  std::uint32_t banks_of_group_;
  Picoseconds nominal_;
  Picoseconds interval_;
  std::uint32_t postponable_;  // refreshes
  Picoseconds due_;
  std::uint32_t turn_ = 0;
};

/// The policy of the configuration for pseudo-channel `pseudo_channel` of a channel.
std::unique_ptr<RefreshPolicy> make_refresh_policy(const HbmConfig& config, std::uint32_t pseudo_channel);

}  // namespace prism::hbm
