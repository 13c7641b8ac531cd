// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/clint_core.h"

#include <string>
#include <utility>

#include "prism/hw/clint.h"

namespace prism::cpu {

namespace {

constexpr std::uint64_t kLowWord = 0xFFFFFFFF;

}  // namespace

ClintCore::ClintCore(const ClintConfig& config, RegisterBank& bank, std::function<Picoseconds()> now,
                     std::function<void()> on_change)
    : config_(config), now_(std::move(now)), on_change_(std::move(on_change)) {
  for (std::uint32_t hart = 0; hart < config.harts; ++hart) {
    const std::string suffix = std::to_string(hart);
    Register& msip = bank.add({"msip" + suffix, CLINT_MSIP(hart), 4, RegisterAccess::kReadWrite, 0,
                               "bit 0: software interrupt of hart " + suffix});
    msip.on_write([this, &msip](std::uint64_t value) {
      msip.set(value & 1);
      on_change_();
    });
    msip_.push_back(&msip);
    mtimecmp_.push_back(
        &bank.add({"mtimecmp" + suffix, CLINT_MTIMECMP(hart), 8, RegisterAccess::kReadWrite,
                   ~std::uint64_t{0}, "timer interrupt of hart " + suffix + " from this tick on"}));
    mtimecmp_.back()->on_write([this](std::uint64_t) { on_change_(); });
  }
  // Two registers, so that a write of one half meets the other half as it is now.
  bank.add({"mtime", CLINT_MTIME, 4, RegisterAccess::kReadWrite, 0, "ticks since reset, low word"})
      .on_read([this] { return mtime() & kLowWord; })
      .on_write([this](std::uint64_t value) { set_mtime((mtime() & ~kLowWord) | value); });
  bank.add({"mtimeh", CLINT_MTIME + 4, 4, RegisterAccess::kReadWrite, 0, "ticks since reset, high word"})
      .on_read([this] { return mtime() >> 32; })
      .on_write([this](std::uint64_t value) { set_mtime((mtime() & kLowWord) | (value << 32)); });
}

std::uint64_t ClintCore::mtime() const {
  return static_cast<std::uint64_t>(now_() / config_.tick_ps) + mtime_offset_;
}

void ClintCore::set_mtime(std::uint64_t value) {
  mtime_offset_ += value - mtime();
  on_change_();
}

bool ClintCore::timer_interrupt(std::uint32_t hart) const {
  return mtime() >= mtimecmp_[hart]->value();
}

bool ClintCore::software_interrupt(std::uint32_t hart) const {
  return msip_[hart]->value() != 0;
}

Picoseconds ClintCore::timer_rise(std::uint32_t hart) const {
  if (timer_interrupt(hart)) return kNever;
  const std::uint64_t ticks = mtimecmp_[hart]->value() - mtime();
  const Picoseconds now = now_();
  const Picoseconds reachable = (kNever - now) / config_.tick_ps;
  if (ticks >= static_cast<std::uint64_t>(reachable)) return kNever;
  return (now / config_.tick_ps + static_cast<Picoseconds>(ticks)) * config_.tick_ps;
}

}  // namespace prism::cpu
