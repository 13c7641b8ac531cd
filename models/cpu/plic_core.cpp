// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/plic_core.h"

#include <cassert>
#include <string>
#include <utility>

#include "prism/hw/plic.h"

namespace prism::cpu {

namespace {

constexpr std::uint32_t kWordBits = 32;

std::uint32_t words_of(std::uint32_t sources) {
  return (sources + kWordBits - 1) / kWordBits;
}

}  // namespace

PlicCore::PlicCore(const PlicConfig& config, RegisterBank& bank, std::function<void()> on_change)
    : config_(config),
      on_change_(std::move(on_change)),
      gateways_(config.sources),
      priorities_(config.sources, nullptr) {
  assert(config.sources >= 2 && config.sources <= 1024 && config.contexts >= 1);
  add_source_registers(bank);
  for (std::uint32_t context = 0; context < config.contexts; ++context) add_context_registers(bank, context);
}

void PlicCore::add_source_registers(RegisterBank& bank) {
  for (std::uint32_t source = 1; source < config_.sources; ++source) {
    Register& priority =
        bank.add({"priority" + std::to_string(source), PLIC_PRIORITY(source), 4, RegisterAccess::kReadWrite,
                  0, "priority of source " + std::to_string(source) + ", 0 to 7; 0: never interrupts"});
    priority.on_write([this, &priority](std::uint64_t value) {
      priority.set(value & PLIC_MAX_PRIORITY);
      on_change_();
    });
    priorities_[source] = &priority;
  }
  for (std::uint32_t word = 0; word < words_of(config_.sources); ++word) {
    bank.add({"pending" + std::to_string(word), PLIC_PENDING(word * kWordBits), 4, RegisterAccess::kReadOnly,
              0, "pending bits from source " + std::to_string(word * kWordBits)})
        .on_read([this, word] { return pending_word(word); });
  }
}

void PlicCore::add_context_registers(RegisterBank& bank, std::uint32_t context) {
  const std::string suffix = "_context" + std::to_string(context);
  std::vector<Register*>& enables = enables_.emplace_back();
  for (std::uint32_t word = 0; word < words_of(config_.sources); ++word) {
    Register& enable = bank.add({"enable" + std::to_string(word) + suffix,
                                 PLIC_ENABLE(context, word * kWordBits), 4, RegisterAccess::kReadWrite, 0,
                                 "enable bits from source " + std::to_string(word * kWordBits)});
    enable.on_write([this](std::uint64_t) { on_change_(); });
    enables.push_back(&enable);
  }
  Register& threshold = bank.add({"threshold" + suffix, PLIC_THRESHOLD(context), 4,
                                  RegisterAccess::kReadWrite, 0, "priorities above it are signalled"});
  threshold.on_write([this, &threshold](std::uint64_t value) {
    threshold.set(value & PLIC_MAX_PRIORITY);
    on_change_();
  });
  thresholds_.push_back(&threshold);
  bank.add({"claim" + suffix, PLIC_CLAIM(context), 4, RegisterAccess::kReadWrite, 0,
            "read: claim the best pending source, 0 when none; write: complete a source"})
      .on_read([this, context] { return best(context); })
      .after_read([this, context] { claim(context); })
      .on_write(
          [this, context](std::uint64_t value) { complete(context, static_cast<std::uint32_t>(value)); });
}

void PlicCore::set_source(std::uint32_t source, bool level) {
  assert(source > 0 && source < gateways_.size());
  gateways_[source].level = level;
  sample(gateways_[source]);
  on_change_();
}

void PlicCore::sample(Gateway& gateway) {
  if (gateway.level && !gateway.claimed) gateway.pending = true;
}

bool PlicCore::interrupt(std::uint32_t context) const {
  const std::uint32_t source = best(context);
  return source != 0 && priorities_[source]->value() > thresholds_[context]->value();
}

bool PlicCore::is_enabled(std::uint32_t context, std::uint32_t source) const {
  return ((enables_[context][source / kWordBits]->value() >> (source % kWordBits)) & 1) != 0;
}

std::uint32_t PlicCore::best(std::uint32_t context) const {
  std::uint32_t found = 0;
  std::uint64_t highest = 0;
  for (std::uint32_t source = 1; source < gateways_.size(); ++source) {
    const std::uint64_t priority = priorities_[source]->value();
    if (gateways_[source].pending && priority > highest && is_enabled(context, source)) {
      found = source;
      highest = priority;
    }
  }
  return found;
}

void PlicCore::claim(std::uint32_t context) {
  const std::uint32_t source = best(context);
  if (source == 0) return;
  gateways_[source].pending = false;
  gateways_[source].claimed = true;
  on_change_();
}

void PlicCore::complete(std::uint32_t context, std::uint32_t source) {
  // The specification: an id that is not enabled for the context is silently ignored.
  if (source == 0 || source >= gateways_.size() || !is_enabled(context, source)) return;
  gateways_[source].claimed = false;
  sample(gateways_[source]);
  on_change_();
}

std::uint32_t PlicCore::pending_word(std::uint32_t word) const {
  std::uint32_t bits = 0;
  for (std::uint32_t bit = 0; bit < kWordBits; ++bit) {
    const std::uint32_t source = word * kWordBits + bit;
    if (source < gateways_.size() && gateways_[source].pending) bits |= 1u << bit;
  }
  return bits;
}

}  // namespace prism::cpu
