// SPDX-License-Identifier: Apache-2.0
// When a controller closes a row that no waiting burst conflicts with.
#pragma once

#include <cstdint>
#include <memory>

#include "models/common/units.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/scheduler.h"

namespace prism::hbm {

class PagePolicy {
 public:
  virtual ~PagePolicy() = default;

  /// Whether the column command about to issue precharges its bank; the queues no longer hold its burst.
  virtual bool auto_precharge(const BankQueue& reads, const BankQueue& writes, std::uint32_t row) const = 0;
  /// Time after a bank's last column command at which a row without waiting bursts is closed; kNever: it
  /// stays open.
  virtual Picoseconds idle_limit() const = 0;
};

/// Rows stay open until a burst to another row, or a refresh, closes them.
class OpenPagePolicy final : public PagePolicy {
 public:
  bool auto_precharge(const BankQueue& reads, const BankQueue& writes, std::uint32_t row) const override;
  Picoseconds idle_limit() const override { return kNever; }
};

/// The last waiting burst of a row closes it (auto-precharge).
class ClosedPagePolicy final : public PagePolicy {
 public:
  bool auto_precharge(const BankQueue& reads, const BankQueue& writes, std::uint32_t row) const override;
  Picoseconds idle_limit() const override { return kNever; }
};

/// A row idle for `timeout` is precharged.
class TimeoutPagePolicy final : public PagePolicy {
 public:
  explicit TimeoutPagePolicy(Picoseconds timeout) : timeout_(timeout) {}
  bool auto_precharge(const BankQueue& reads, const BankQueue& writes, std::uint32_t row) const override;
  Picoseconds idle_limit() const override { return timeout_; }

 private:
  Picoseconds timeout_;
};

std::unique_ptr<PagePolicy> make_page_policy(const ControllerConfig& config);

}  // namespace prism::hbm
