// SPDX-License-Identifier: Apache-2.0
// Finds decoded blocks by address.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "models/cpu/rv64/block.h"

namespace prism::rv64 {

/// Instructions executed by address of the block that held them.
using Profile = std::unordered_map<std::uint64_t, std::uint64_t>;

class BlockCache {
 public:
  static constexpr std::size_t kMaxBlocks = 1u << 16;

  BlockCache() {
    nowhere_.pc = 1;  // no instruction has an odd address
    recent_.fill(&nowhere_);
  }
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  /// The block at `pc` if it was looked up recently, else nullptr.
  Block* recent(std::uint64_t pc) {
    Block* block = recent_[slot(pc)];
    return block->pc == pc ? block : nullptr;
  }

  /// The block at `pc`, nullptr if there is none.
  Block* find(std::uint64_t pc);
  bool full() const { return blocks_.size() >= kMaxBlocks; }
  /// Blocks stay where they are until clear().
  Block& add(Block block);
  void clear();

  /// Executions of the blocks of now and of the past.
  Profile profile() const;

 private:
  static constexpr std::size_t kRecent = 4096;
  static std::size_t slot(std::uint64_t pc) { return (pc >> 1) % kRecent; }
  void add_to(Profile& profile) const;

  Block nowhere_;
  std::array<Block*, kRecent> recent_;
  std::deque<Block> blocks_;
  std::unordered_map<std::uint64_t, Block*> by_pc_;
  Profile past_;
};

}  // namespace prism::rv64
