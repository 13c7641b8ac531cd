// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/scheduler.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace prism::hbm {

BankQueue::BankQueue(std::uint32_t depth)
    : depth_(std::max(1u, depth)), mask_(std::bit_ceil(depth_) - 1), slots_(std::size_t{mask_} + 1) {}

Burst BankQueue::remove(std::uint32_t index) {
  const Burst removed = (*this)[index];
  for (; index > 0; --index) slots_[(head_ + index) & mask_] = slots_[(head_ + index - 1) & mask_];
  head_ = (head_ + 1) & mask_;
  --size_;
  return removed;
}

bool BankQueue::has_row(std::uint32_t row) const {
  for (std::uint32_t index = 0; index < size_; ++index) {
    if ((*this)[index].row == row) return true;
  }
  return false;
}

void BankList::insert(std::uint32_t bank, const Orders& orders) {
  std::uint32_t place = size_++;
  for (; place > 0 && orders[banks_[place - 1]] > orders[bank]; --place) banks_[place] = banks_[place - 1];
  banks_[place] = static_cast<std::uint8_t>(bank);
}

void BankList::erase(std::uint32_t bank) {
  std::uint8_t* const place =
      std::find(banks_.data(), banks_.data() + size_, static_cast<std::uint8_t>(bank));
  std::copy(place + 1, banks_.data() + size_, place);
  --size_;
}

std::uint32_t FcfsScheduler::choose(const BankQueue& /*queue*/, bool /*row_open*/, std::uint32_t /*open_row*/,
                                    std::uint32_t /*passed*/) const {
  return 0;
}

std::uint32_t FrFcfsScheduler::choose(const BankQueue& queue, bool row_open, std::uint32_t open_row,
                                      std::uint32_t passed) const {
  if (!row_open || passed >= cap_) return 0;
  for (std::uint32_t index = 0; index < queue.size(); ++index) {
    if (queue[index].row == open_row) return index;
  }
  return 0;
}

std::unique_ptr<Scheduler> make_scheduler(const ControllerConfig& config) {
  if (config.scheduler == SchedulerKind::kFcfs) return std::make_unique<FcfsScheduler>();
  return std::make_unique<FrFcfsScheduler>(config.starvation_cap);
}

WriteDrain::WriteDrain(const ControllerConfig& config)
    : enabled_(config.write_high_watermark > 0.0),
      high_(std::max(1u, static_cast<std::uint32_t>(
                             std::ceil(config.queue_depth * std::min(1.0, config.write_high_watermark))))),
      low_(std::min(high_ - 1, static_cast<std::uint32_t>(
                                   config.queue_depth * std::clamp(config.write_low_watermark, 0.0, 1.0)))) {}

void WriteDrain::grown(std::uint32_t size) {
  if (size == high_) ++banks_at_high_;
  if (size == low_ + 1) ++banks_above_low_;
}

void WriteDrain::shrunk(std::uint32_t size) {
  if (size + 1 == high_) --banks_at_high_;
  if (size == low_) --banks_above_low_;
}

bool WriteDrain::update(std::uint32_t reads_waiting, std::uint32_t writes_waiting) {
  const bool start = writes_waiting > 0 && (reads_waiting == 0 || banks_at_high_ > 0);
  const bool stop = reads_waiting > 0 && banks_above_low_ == 0;
  const bool before = writing_;
  writing_ = writing_ ? !stop : start;
  return writing_ != before;
}

}  // namespace prism::hbm
