// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/memory_layout.h"

#include <limits>

namespace prism::workload {
namespace {

std::uint64_t aligned(std::uint64_t address) {
  constexpr std::uint64_t kMask = MemoryLayout::kRegionAlignment - 1;
  return (address + kMask) & ~kMask;
}

}  // namespace

std::uint64_t kv_bytes_per_token(const ModelShape& model) {
  return std::uint64_t{model.pairs()} * model.head_dimension * 2 * (model.shared_kv() ? 1 : 2);
}

MemoryLayout::MemoryLayout(const WorkloadConfig& workload, std::uint32_t block_tokens,
                           std::uint32_t signature_dimension, std::uint64_t base, SignatureForm form)
    : model_(workload.model),
      heads_(std::uint64_t{workload.batch} * workload.model.pairs()),
      block_tokens_(block_tokens),
      signature_dimension_(signature_dimension),
      form_(form),
      max_blocks_((workload.context_tokens + workload.steps) / block_tokens + 1),
      base_(base),
      weights_base_(aligned(base)),
      projection_base_(aligned(weights_base_ + model_.stored_weight_bytes())),
      signature_base_(aligned(projection_base_ + projection_bytes())),
      kv_base_(aligned(signature_base_ + heads_ * signature_head_stride())) {}

std::uint64_t MemoryLayout::head_number(const HeadIndex& head) const {
  return (std::uint64_t{head.sequence} * model_.layers + head.layer) * model_.kv_heads + head.head;
}

HeadIndex MemoryLayout::head_at(std::uint64_t number) const {
  const std::uint64_t layer = number / model_.kv_heads;
  return {static_cast<std::uint32_t>(layer / model_.layers),
          static_cast<std::uint32_t>(layer % model_.layers),
          static_cast<std::uint32_t>(number % model_.kv_heads)};
}

std::uint64_t MemoryLayout::key_address(const HeadIndex& head, std::uint32_t token) const {
  return kv_base_ + head_number(head) * kv_head_stride() + token / block_tokens_ * block_bytes() +
         token % block_tokens_ * vector_bytes();
}

std::uint64_t MemoryLayout::value_address(const HeadIndex& head, std::uint32_t token) const {
  return key_address(head, token) + (vectors() - 1) * block_tokens_ * vector_bytes();
}

std::uint64_t MemoryLayout::signature_address(const HeadIndex& head, std::uint32_t block) const {
  return signature_base_ + head_number(head) * signature_head_stride() + block * signature_bytes();
}

MemoryLayout::Location MemoryLayout::locate_block(Region region, std::uint64_t offset,
                                                  std::uint64_t item_bytes) const {
  const std::uint64_t item = offset / item_bytes;
  return {.region = region,
          .offset = offset,
          .head = head_at(item / max_blocks_),
          .block = static_cast<std::uint32_t>(item % max_blocks_),
          .block_offset = offset % item_bytes,
          .contiguous = item_bytes - offset % item_bytes};
}

MemoryLayout::Location MemoryLayout::locate(std::uint64_t address) const {
  struct Range {
    Region region;
    std::uint64_t base, bytes;
  };
  const Range ranges[] = {{Region::kWeights, weights_base_, model_.stored_weight_bytes()},
                          {Region::kProjection, projection_base_, projection_bytes()},
                          {Region::kSignatures, signature_base_, heads_ * signature_head_stride()},
                          {Region::kKv, kv_base_, heads_ * kv_head_stride()}};
  for (const Range& range : ranges) {
    if (address < range.base) return {.contiguous = range.base - address};
    const std::uint64_t offset = address - range.base;
    if (offset >= range.bytes) continue;
    if (range.region == Region::kKv) return locate_block(range.region, offset, block_bytes());
    if (range.region == Region::kSignatures) return locate_block(range.region, offset, signature_bytes());
    return {.region = range.region, .offset = offset, .contiguous = range.bytes - offset};
  }
  return {.contiguous = std::numeric_limits<std::uint64_t>::max() - address};
}

}  // namespace prism::workload
