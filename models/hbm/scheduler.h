// SPDX-License-Identifier: Apache-2.0
// The order in which a controller serves the bursts queued for a bank, and when it turns from reads to
// writes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/hbm/hbm_config.h"

namespace prism::hbm {

/// One burst waiting for its column command.
struct Burst {
  std::uint64_t order;    // of acceptance by the channel: smaller is older
  std::uint32_t request;  // slot of its request in the request table
  std::uint32_t row : 31;
  std::uint32_t is_write : 1;
};

/// Bursts for one bank, oldest first; of bounded depth.
class BankQueue {
 public:
  explicit BankQueue(std::uint32_t depth);

  std::uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == depth_; }
  /// The `index`-th oldest.
  const Burst& operator[](std::uint32_t index) const { return slots_[(head_ + index) & mask_]; }
  void push(const Burst& burst) { slots_[(head_ + size_++) & mask_] = burst; }
  Burst remove(std::uint32_t index);
  bool has_row(std::uint32_t row) const;

 private:
  std::uint32_t depth_;
  std::uint32_t mask_;
  std::uint32_t head_ = 0;
  std::uint32_t size_ = 0;
  std::vector<Burst> slots_;
};

/// Banks that want the same kind of command, by the age of the bursts they want it for, oldest first.
class BankList {
 public:
  static constexpr std::uint32_t kMaxBanks = 64;
  using Orders = std::array<std::uint64_t, kMaxBanks>;  // of each bank's burst

  bool empty() const { return size_ == 0; }
  const std::uint8_t* begin() const { return banks_.data(); }
  const std::uint8_t* end() const { return banks_.data() + size_; }
  /// Most new bursts are the youngest, and most served the oldest: both ends are cheap.
  void insert(std::uint32_t bank, const Orders& orders);
  void erase(std::uint32_t bank);

 private:
  std::array<std::uint8_t, kMaxBanks> banks_{};
  std::uint32_t size_ = 0;
};

/// Chooses the burst that a bank serves next. Between banks the oldest command that is ready goes first,
/// whatever the scheduler. A choice that needs no precharge must stand when younger bursts arrive.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  /// Index of the burst to serve, in a queue that is not empty. `passed`: bursts served since the oldest
  /// became the oldest.
  virtual std::uint32_t choose(const BankQueue& queue, bool row_open, std::uint32_t open_row,
                               std::uint32_t passed) const = 0;
};

/// First come, first served within each bank.
class FcfsScheduler final : public Scheduler {
 public:
  std::uint32_t choose(const BankQueue& queue, bool row_open, std::uint32_t open_row,
                       std::uint32_t passed) const override;
};

/// First ready, first come, first served: the oldest burst to the open row, else the oldest. At most `cap`
/// row hits pass an older burst.
class FrFcfsScheduler final : public Scheduler {
 public:
  explicit FrFcfsScheduler(std::uint32_t cap) : cap_(cap) {}
  std::uint32_t choose(const BankQueue& queue, bool row_open, std::uint32_t open_row,
                       std::uint32_t passed) const override;

 private:
  std::uint32_t cap_;
};

std::unique_ptr<Scheduler> make_scheduler(const ControllerConfig& config);

/// Write draining by watermarks of the banks' write queues: a pseudo-channel serves reads until a write queue
/// reaches the high watermark or no read waits, then writes until every write queue has come down to the low
/// watermark and a read waits. A high watermark of zero or less switches this off: reads and writes then
/// share one queue a bank and compete by age.
class WriteDrain {
 public:
  explicit WriteDrain(const ControllerConfig& config);

  bool enabled() const { return enabled_; }
  bool writing() const { return writing_; }
  /// A bank's write queue has grown to, or shrunk to, `size`.
  void grown(std::uint32_t size);
  void shrunk(std::uint32_t size);
  /// True when the direction has changed.
  bool update(std::uint32_t reads_waiting, std::uint32_t writes_waiting);

 private:
  bool enabled_;
  std::uint32_t high_;
  std::uint32_t low_;
  std::uint32_t banks_at_high_ = 0;    // with `high_` writes or more
  std::uint32_t banks_above_low_ = 0;  // with more than `low_` writes
  bool writing_ = false;
};

}  // namespace prism::hbm
