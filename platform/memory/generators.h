// SPDX-License-Identifier: Apache-2.0
// Synthetic traffic. Addresses and directions are functions of the seed and the request's number.
#pragma once

#include <cstdint>

#include "models/common/random.h"
#include "platform/memory/random_order.h"
#include "platform/memory/traffic_source.h"

namespace prism::memory_study {

struct TrafficShape {
  std::uint64_t requests = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t capacity_bytes = 0;  // of the memory; at least one request
  std::uint64_t block_bytes = 0;     // blocks: a multiple of request_bytes
  double write_share = 0.0;          // of the requests, drawn at random
  std::uint64_t seed = 1;
};

/// A given number of requests of one size, all made at time 0.
class GeneratedTraffic : public TrafficSource {
 public:
  bool next(Access& access) final;
  double done() const final;

 protected:
  /// The address of a request and how many requests from it on are contiguous.
  struct Run {
    std::uint64_t address;
    std::uint64_t requests;
  };

  explicit GeneratedTraffic(const TrafficShape& shape);
  const TrafficShape& shape() const { return shape_; }

 private:
  virtual Run run_at(std::uint64_t index) = 0;
  bool is_write(std::uint64_t index) const;

  TrafficShape shape_;
  std::uint64_t index_ = 0;
  CounterRandom random_;
};

/// Contiguous from address 0; starts again at the end of the memory.
class SequentialTraffic final : public GeneratedTraffic {
 public:
  explicit SequentialTraffic(const TrafficShape& shape);

 private:
  Run run_at(std::uint64_t index) override;

  std::uint64_t places_;
};

/// Uniform over the whole memory, aligned to the request size.
class RandomTraffic final : public GeneratedTraffic {
 public:
  explicit RandomTraffic(const TrafficShape& shape);

 private:
  Run run_at(std::uint64_t index) override;

  std::uint64_t places_;
  CounterRandom random_;
};

/// Aligned blocks in random order over the first 512 MiB (or the whole memory, if smaller), each from start
/// to end. Every block comes once before any comes again. The gather of KV-cache blocks looks like this.
class BlockTraffic final : public GeneratedTraffic {
 public:
  static constexpr std::uint64_t kRegionBytes = std::uint64_t{512} << 20;

  explicit BlockTraffic(const TrafficShape& shape);

 private:
  Run run_at(std::uint64_t index) override;

  std::uint64_t requests_of_block_;
  RandomOrder order_;
  std::uint64_t block_ = 0;  // where the current block begins
};

}  // namespace prism::memory_study
