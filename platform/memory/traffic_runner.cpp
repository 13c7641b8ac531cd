// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/traffic_runner.h"

#include <algorithm>
#include <utility>

namespace prism::memory_study {

TrafficRunner::TrafficRunner(hbm::TimingEngine& engine, TrafficSource& source, RunOptions options)
    : engine_(engine), source_(source), options_(std::move(options)) {}

RunResult TrafficRunner::run() {
  constexpr std::uint64_t kProgressInterval = 4096;
  std::uint64_t made = 0;
  for (Access access; source_.next(access);) {
    if (access.not_before > now_) wait_until(access.not_before);
    const std::uint64_t before = made;
    made += access.requests;
    while (access.requests > 0) make(access);
    if (made / kProgressInterval > before / kProgressInterval && options_.progress) {
      options_.progress(source_.done(), now_);
    }
  }
  while (!engine_.idle()) advance(kNever);
  return std::move(result_);
}

void TrafficRunner::make(Access& access) {
  std::uint64_t made = options_.outstanding == 0 ? push_stream(access) : 0;
  if (made == 0) {
    if (options_.outstanding > 0) wait_for_turn();
    push(access);
    made = 1;
  }
  access.address += made * access.bytes;
  access.requests -= made;
  result_.bytes += made * access.bytes;
}

std::uint64_t TrafficRunner::push_stream(const Access& access) {
  const hbm::StreamStep step =
      engine_.push_stream({access.address, access.bytes, access.requests, access.is_write, now_});
  if (step.requests == 0) return 0;
  (access.is_write ? result_.writes : result_.reads)
      .add(step.first_done - step.first_taken, step.last_done - step.last_taken, step.requests);
  result_.end = std::max(result_.end, step.last_done);
  now_ = std::max(now_, step.last_taken);
  return step.requests;
}

void TrafficRunner::push(const Access& access) {
  const std::uint32_t slot = take_slot();
  while (!engine_.push({slot, access.address, access.bytes, access.is_write, now_})) advance(kNever);
  slots_[slot] = {now_, access.is_write};
  ++unknown_;
}

void TrafficRunner::advance(Picoseconds limit) {
  found_.clear();
  now_ = std::max(now_, engine_.advance(limit, found_));
  for (const hbm::Completion& completion : found_) {
    const UnderWay& request = slots_[completion.id];
    (request.is_write ? result_.writes : result_.reads).add(completion.time - request.arrival);
    result_.end = std::max(result_.end, completion.time);
    free_.push_back(static_cast<std::uint32_t>(completion.id));
    if (options_.outstanding > 0) ending_.push(completion.time);
  }
  unknown_ -= found_.size();
}

void TrafficRunner::wait_until(Picoseconds time) {
  while (now_ < time) {
    if (unknown_ == 0) {
      now_ = time;  // nothing to wait for: the engine catches up when it gets the request
    } else {
      advance(time);
    }
  }
}

void TrafficRunner::wait_for_turn() {
  for (;;) {
    while (!ending_.empty() && ending_.top() <= now_) ending_.pop();
    if (!is_full()) return;
    const Picoseconds next = ending_.empty() ? kNever : ending_.top();
    if (unknown_ > 0) {
      advance(next);
    } else {
      now_ = next;
    }
  }
}

std::uint32_t TrafficRunner::take_slot() {
  if (free_.empty()) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  return slot;
}

}  // namespace prism::memory_study
