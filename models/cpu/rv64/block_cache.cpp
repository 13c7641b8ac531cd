// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/rv64/block_cache.h"

#include <utility>

namespace prism::rv64 {

Block* BlockCache::find(std::uint64_t pc) {
  const auto found = by_pc_.find(pc);
  if (found == by_pc_.end()) return nullptr;
  recent_[slot(pc)] = found->second;
  return found->second;
}

Block& BlockCache::add(Block block) {
  Block& added = blocks_.emplace_back(std::move(block));
  by_pc_[added.pc] = &added;
  recent_[slot(added.pc)] = &added;
  return added;
}

void BlockCache::clear() {
  add_to(past_);
  recent_.fill(&nowhere_);
  by_pc_.clear();
  blocks_.clear();
}

Profile BlockCache::profile() const {
  Profile result = past_;
  add_to(result);
  return result;
}

void BlockCache::add_to(Profile& profile) const {
  for (const Block& block : blocks_) {
    if (block.executions > 0) profile[block.pc] += block.executions * block.instructions;
  }
}

}  // namespace prism::rv64
