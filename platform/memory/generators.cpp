// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/generators.h"

#include <algorithm>
#include <cassert>

namespace prism::memory_study {
namespace {

constexpr std::uint64_t kMostAtOnce = 65536;  // requests: progress is told between them

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
  const Run run = run_at(index_);
  const bool alike = shape_.write_share <= 0.0;  // else the next one may go the other way
  const std::uint64_t requests = alike ? std::min({run.requests, shape_.requests - index_, kMostAtOnce}) : 1;
  access = {run.address, shape_.request_bytes, is_write(index_), 0, requests};
  index_ += requests;
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

GeneratedTraffic::Run SequentialTraffic::run_at(std::uint64_t index) {
  const std::uint64_t place = index % places_;
  return {place * shape().request_bytes, places_ - place};
}

RandomTraffic::RandomTraffic(const TrafficShape& shape)
    : GeneratedTraffic(shape),
      places_(shape.capacity_bytes / shape.request_bytes),
      random_(shape.seed, kPlaces) {}

GeneratedTraffic::Run RandomTraffic::run_at(std::uint64_t index) {
  const CounterRandom::Words words = words_of(random_, index);
  return {(std::uint64_t{words[0]} << 32 | words[1]) % places_ * shape().request_bytes, 1};
}

BlockTraffic::BlockTraffic(const TrafficShape& shape)
    : GeneratedTraffic(shape),
      requests_of_block_(shape.block_bytes / shape.request_bytes),
      order_(std::min(kRegionBytes, shape.capacity_bytes) / shape.block_bytes,
             CounterRandom(shape.seed, kBlocks)) {
  assert(shape.block_bytes % shape.request_bytes == 0);
}

GeneratedTraffic::Run BlockTraffic::run_at(std::uint64_t index) {
  const std::uint64_t within = index % requests_of_block_;
  if (within == 0) block_ = order_.at(index / requests_of_block_) * shape().block_bytes;
  return {block_ + within * shape().request_bytes, requests_of_block_ - within};
}

}  // namespace prism::memory_study
