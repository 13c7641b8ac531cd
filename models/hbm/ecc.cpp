// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/ecc.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace prism::hbm {

namespace {

// Streams of the configuration's seed.
constexpr std::uint32_t kCorrectableDomain = 0x48424D31;
constexpr std::uint32_t kUncorrectableDomain = 0x48424D32;
constexpr std::uint32_t kBitPlaceDomain = 0x48424D33;

constexpr std::string_view kScrubber = "scrubber";

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}

std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

FailureSampler::FailureSampler(double probability, std::uint64_t seed, std::uint32_t domain)
    : probability_(probability), random_(seed, domain), good_(draw()) {}

std::uint64_t FailureSampler::draw() {
  if (!enabled()) return std::numeric_limits<std::uint64_t>::max();
  const CounterRandom::Words words = random_.words(low(draws_), high(draws_));
  ++draws_;
  // Uniform in (0, 1), 53 bits.
  const double uniform =
      (static_cast<double>(std::uint64_t{words[0]} << 20 | words[1] >> 12) + 0.5) * 0x1p-52;
  const double trials = std::log(uniform) / std::log1p(-probability_);
  return static_cast<std::uint64_t>(std::min(trials, 0x1p62));
}

EccModel::EccModel(const HbmConfig& config)
    : config_(config.ecc),
      burst_bytes_(config.organization.burst_bytes),
      capacity_(config.organization.capacity_bytes()),
      correctable_(config.faults.correctable_per_burst, config.faults.seed, kCorrectableDomain),
      uncorrectable_(config.faults.uncorrectable_per_burst, config.faults.seed, kUncorrectableDomain),
      bit_places_(config.faults.seed, kBitPlaceDomain) {
  for (const std::uint64_t address : config.faults.correctable_addresses) {
    inject(address, FaultKind::kCorrectable, config.faults.permanent);
  }
  for (const std::uint64_t address : config.faults.uncorrectable_addresses) {
    inject(address, FaultKind::kUncorrectable, config.faults.permanent);
  }
}

void EccModel::inject(std::uint64_t address, FaultKind kind, bool permanent) {
  assert(address < capacity_);
  Fault& fault = faults_[address / burst_bytes_];
  std::uint8_t& bits = permanent ? fault.permanent_bits : fault.transient_bits;
  bits = static_cast<std::uint8_t>(kind == FaultKind::kUncorrectable ? 2 : std::min(2, bits + 1));
}

std::uint64_t EccModel::burst_after(std::uint64_t address, std::uint64_t bytes) const {
  return (address + bytes - 1) / burst_bytes_ + 1;
}

void EccModel::sample(std::uint64_t first, std::uint64_t end) {
  if (correctable_.enabled()) {
    correctable_.run(end - first, [&](std::uint64_t index) {
      inject((first + index) * burst_bytes_, FaultKind::kCorrectable, false);
    });
  }
  if (uncorrectable_.enabled()) {
    uncorrectable_.run(end - first, [&](std::uint64_t index) {
      inject((first + index) * burst_bytes_, FaultKind::kUncorrectable, false);
    });
  }
}

std::optional<std::uint64_t> EccModel::read_with_errors(std::uint64_t address, std::uint64_t bytes,
                                                        std::span<std::byte> data,
                                                        std::string_view initiator) {
  const std::uint64_t first = address / burst_bytes_;
  const std::uint64_t end = burst_after(address, bytes);
  sample(first, end);
  std::optional<std::uint64_t> poisoned;
  for (auto fault = faults_.lower_bound(first); fault != faults_.end() && fault->first < end;) {
    const std::uint64_t burst = fault->first;
    if (!config_.enabled) {
      const unsigned bits = std::min(2, fault->second.permanent_bits + fault->second.transient_bits);
      if (flip(burst, bits, address, bytes, data)) ++counters_.silent;
      ++fault;
    } else if (fault->second.is_correctable()) {
      ++counters_.corrected;
      record(burst, FaultKind::kCorrectable, initiator);
      fault = config_.demand_scrub ? without_transient(fault) : std::next(fault);
    } else {
      ++counters_.uncorrectable;
      record(burst, FaultKind::kUncorrectable, initiator);
      if (!poisoned) poisoned = burst * burst_bytes_;
      ++fault;
    }
  }
  return poisoned;
}

void EccModel::clear_transient(std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t end = burst_after(address, bytes);
  for (auto fault = faults_.lower_bound(address / burst_bytes_);
       fault != faults_.end() && fault->first < end;) {
    const std::uint64_t begin = fault->first * burst_bytes_;
    const bool whole = begin >= address && begin + burst_bytes_ <= address + bytes;
    fault = whole || fault->second.is_correctable() ? without_transient(fault) : std::next(fault);
  }
}

EccModel::Faults::iterator EccModel::without_transient(Faults::iterator fault) {
  fault->second.transient_bits = 0;
  return fault->second.permanent_bits == 0 ? faults_.erase(fault) : std::next(fault);
}

bool EccModel::flip(std::uint64_t burst, unsigned bits, std::uint64_t address, std::uint64_t bytes,
                    std::span<std::byte> data) const {
  const auto burst_bits = static_cast<std::uint32_t>(burst_bytes_ * 8);
  const CounterRandom::Words words = bit_places_.words(low(burst), high(burst));
  const std::uint32_t one = words[0] % burst_bits;
  const std::array<std::uint32_t, 2> places = {one, (one + 1 + words[1] % (burst_bits - 1)) % burst_bits};
  bool within = false;
  for (const std::uint32_t place : std::span(places).first(bits)) {
    const std::uint64_t byte = burst * burst_bytes_ + place / 8;
    if (byte < address || byte >= address + bytes) continue;
    within = true;
    if (!data.empty()) data[byte - address] ^= static_cast<std::byte>(1u << place % 8);
  }
  return within;
}

EccModel::Region EccModel::next_scrub() {
  const Region region{next_scrub_, std::min<std::uint64_t>(config_.scrub_bytes, capacity_ - next_scrub_)};
  next_scrub_ = (next_scrub_ + region.bytes) % capacity_;
  return region;
}

void EccModel::scrub(const Region& region) {
  const std::uint64_t first = region.address / burst_bytes_;
  const std::uint64_t end = burst_after(region.address, region.bytes);
  counters_.scrubbed += end - first;
  sample(first, end);
  for (auto fault = faults_.lower_bound(first); fault != faults_.end() && fault->first < end;) {
    if (fault->second.is_correctable()) {
      ++counters_.scrub_corrected;
      record(fault->first, FaultKind::kCorrectable, kScrubber);
      fault = without_transient(fault);
    } else {
      ++counters_.scrub_uncorrectable;
      record(fault->first, FaultKind::kUncorrectable, kScrubber);
      ++fault;
    }
  }
}

void EccModel::record(std::uint64_t burst, FaultKind kind, std::string_view initiator) {
  last_ = Record{burst * burst_bytes_, kind, std::string(initiator)};
  if (!first_) first_ = last_;
}

void EccModel::clear_records() {
  first_.reset();
  last_.reset();
}

}  // namespace prism::hbm
