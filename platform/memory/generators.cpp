// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/generators.h"

#include <algorithm>
#include <cassert>

namespace prism::memory_study {
namespace {

// Domains of the seed's random numbers.
constexpr std::uint32_t kDirections = 0x4D01, kPlaces = 0x4D02, kBlocks = 0x4D03;

CounterRandom::Words words_of(const CounterRandom& random, std::uint64_t index) {
  return random.words(static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32));
}

}  // namespace

GeneratedTraffic::GeneratedTraffic(const TrafficShape& shape)
    : shape_(shape), random_(shape.seed, kDirections) {
  assert(shape.request_bytes > 0 && shape.request_bytes <= shape.capacity_bytes);
}

bool GeneratedTraffic::next(Access& access) {
  if (index_ == shape_.requests) return false;
  access = {address(index_), shape_.request_bytes, is_write(index_), 0};
  ++index_;
  return true;
}

double GeneratedTraffic::done() const {
  return static_cast<double>(index_) / static_cast<double>(shape_.requests);
}

bool GeneratedTraffic::is_write(std::uint64_t index) const {
  if (shape_.write_share <= 0.0) return false;
  return CounterRandom::uniform(words_of(random_, index)[0]) < shape_.write_share;
}

SequentialTraffic::SequentialTraffic(const TrafficShape& shape)
    : GeneratedTraffic(shape), places_(shape.capacity_bytes / shape.request_bytes) {}

std::uint64_t SequentialTraffic::address(std::uint64_t index) {
  return index % places_ * shape().request_bytes;
}

RandomTraffic::RandomTraffic(const TrafficShape& shape)
    : GeneratedTraffic(shape),
      places_(shape.capacity_bytes / shape.request_bytes),
      random_(shape.seed, kPlaces) {}

std::uint64_t RandomTraffic::address(std::uint64_t index) {
  const CounterRandom::Words words = words_of(random_, index);
  return (std::uint64_t{words[0]} << 32 | words[1]) % places_ * shape().request_bytes;
}

BlockTraffic::BlockTraffic(const TrafficShape& shape)
    : GeneratedTraffic(shape),
      requests_of_block_(shape.block_bytes / shape.request_bytes),
      order_(std::min(kRegionBytes, shape.capacity_bytes) / shape.block_bytes,
             CounterRandom(shape.seed, kBlocks)) {
  assert(shape.block_bytes % shape.request_bytes == 0);
}

std::uint64_t BlockTraffic::address(std::uint64_t index) {
  const std::uint64_t within = index % requests_of_block_;
  if (within == 0) block_ = order_.at(index / requests_of_block_) * shape().block_bytes;
  return block_ + within * shape().request_bytes;
}

}  // namespace prism::memory_study
