// SPDX-License-Identifier: Apache-2.0
// Errors in the memory's bursts, and what the error-correcting code makes of them. Free of SystemC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "models/common/random.h"
#include "models/hbm/hbm_config.h"

namespace prism::hbm {

enum class FaultKind : std::uint8_t { kCorrectable, kUncorrectable };

/// Picks independent trials that fail, each with the same probability, in time proportional to the failures.
class FailureSampler {
 public:
  FailureSampler(double probability, std::uint64_t seed, std::uint32_t domain);

  bool enabled() const { return probability_ > 0.0; }
  /// Of the next `trials`, calls `failed(index)` for those that fail. Only when enabled.
  template <typename Handler>
  void run(std::uint64_t trials, const Handler& failed) {
    for (; good_ < trials; good_ += 1 + draw()) failed(good_);
    good_ -= trials;
  }

 private:
  std::uint64_t draw();  // trials before the next failure: geometrically distributed

  double probability_;
  CounterRandom random_;
  std::uint64_t draws_ = 0;
  std::uint64_t good_;  // trials before the next failure
};

/// SEC-DED protection of each burst, as seen at the controller: one bad bit is corrected, two are detected
/// and poison the read. With ECC off both reach the reader as flipped bits, counted as silent. Bad bits come
/// from addresses given (permanent, or until the next write) and at random, when a burst is read (until the
/// next write); two single errors in one burst make an uncorrectable one, which is what scrubbing prevents. A
/// write of a whole burst clears its transient errors; a partial one only a correctable error, as the
/// controller reads and corrects the burst first.
///
/// Not modelled: errors of three and more bits that look correctable, errors in check bits, retention and row
/// hammer physics (rates are given, not derived), bandwidth of check bits (they have their own pins, or stay
/// on the die) and of write-backs.
class EccModel {
 public:
  struct Counters {
    std::uint64_t corrected = 0;      // bursts read by an initiator and corrected
    std::uint64_t uncorrectable = 0;  // bursts read by an initiator and poisoned
    std::uint64_t silent = 0;         // bursts handed out with wrong bits, ECC being off
    std::uint64_t scrubbed = 0;       // bursts read by the patrol scrubber
    std::uint64_t scrub_corrected = 0, scrub_uncorrectable = 0;
  };
  struct Record {
    std::uint64_t address = 0;  // of the burst
    FaultKind kind = FaultKind::kCorrectable;
    std::string initiator;
  };
  struct Region {
    std::uint64_t address;
    std::uint64_t bytes;
  };

  explicit EccModel(const HbmConfig& config);

  /// Adds one bad bit, or two, to the burst at `address` (within the memory).
  void inject(std::uint64_t address, FaultKind kind, bool permanent);

  /// An initiator reads; `data` (empty: only timed) is what the memory holds, and gets the bits that are
  /// wrong without ECC. Returns the first burst that is poisoned.
  std::optional<std::uint64_t> read(std::uint64_t address, std::uint64_t bytes, std::span<std::byte> data,
                                    std::string_view initiator) {
    if (is_clean()) return std::nullopt;
    return read_with_errors(address, bytes, data, initiator);
  }
  void write(std::uint64_t address, std::uint64_t bytes) {
    if (!faults_.empty()) clear_transient(address, bytes);
  }

  /// What the patrol scrubber reads next: region after region, round and round.
  Region next_scrub();
  /// It has been read: correctable errors that are transient are gone.
  void scrub(const Region& region);

  const Counters& counters() const { return counters_; }
  /// The first and the last error found by ECC since the records were cleared.
  const std::optional<Record>& first_error() const { return first_; }
  const std::optional<Record>& last_error() const { return last_; }
  void clear_records();

 private:
  struct Fault {
    std::uint8_t permanent_bits = 0;
    std::uint8_t transient_bits = 0;
    bool is_correctable() const { return permanent_bits + transient_bits == 1; }
  };
  using Faults = std::map<std::uint64_t, Fault>;  // by burst number

  bool is_clean() const { return faults_.empty() && !correctable_.enabled() && !uncorrectable_.enabled(); }
  std::uint64_t burst_after(std::uint64_t address, std::uint64_t bytes) const;
  void sample(std::uint64_t first, std::uint64_t end);
  std::optional<std::uint64_t> read_with_errors(std::uint64_t address, std::uint64_t bytes,
                                                std::span<std::byte> data, std::string_view initiator);
  void clear_transient(std::uint64_t address, std::uint64_t bytes);
  Faults::iterator without_transient(Faults::iterator fault);
  /// Returns whether a flipped bit of the burst lies within the access.
  bool flip(std::uint64_t burst, unsigned bits, std::uint64_t address, std::uint64_t bytes,
            std::span<std::byte> data) const;
  void record(std::uint64_t burst, FaultKind kind, std::string_view initiator);

  EccConfig config_;
  std::uint64_t burst_bytes_;
  std::uint64_t capacity_;
  FailureSampler correctable_;
  FailureSampler uncorrectable_;
  CounterRandom bit_places_;
  Faults faults_;
  std::uint64_t next_scrub_ = 0;
  Counters counters_;
  std::optional<Record> first_, last_;
};

}  // namespace prism::hbm
