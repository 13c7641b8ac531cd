// SPDX-License-Identifier: Apache-2.0
// Where everything lies in HBM, and what lies at an address. All elements are bf16.
#pragma once

#include <cstdint>

#include "platform/workload/workload_config.h"

namespace prism::workload {

/// Bytes of keys and values that one token adds, over all layers and KV heads.
std::uint64_t kv_bytes_per_token(const ModelShape& model);

/// One KV head of one layer of one sequence.
struct HeadIndex {
  std::uint32_t sequence = 0;
  std::uint32_t layer = 0;
  std::uint32_t head = 0;

  bool operator==(const HeadIndex&) const = default;
};

/// What is kept of a block for its ranking: its mean key's projection, or the element-wise minimum and
/// maximum of its keys.
enum class SignatureForm : std::uint8_t { kMean, kBounds };

/// Regions in ascending order, each aligned to kRegionAlignment:
///   weights     layer after layer (query/key/value projections, then the rest), final norm and output head,
///   embedding projection  [signature dimension][head dimension] signatures  [sequence][layer][kv
///   head][block][signature dimension] kv          [sequence][layer][kv head][block], a block: all its keys
///   [token][dimension], then all its values
class MemoryLayout {
 public:
  static constexpr std::uint64_t kRegionAlignment = 1 << 21;

  enum class Region : std::uint8_t { kNone, kWeights, kProjection, kSignatures, kKv };

  /// What lies at an address: byte `offset` of a region, and for signatures and K/V byte `block_offset` of a
  /// block.
  struct Location {
    Region region = Region::kNone;
    std::uint64_t offset = 0;
    HeadIndex head = {};
    std::uint32_t block = 0;
    std::uint64_t block_offset = 0;
    std::uint64_t contiguous = 0;  // bytes from here to the end of the block, or of the region, or of the gap
  };

  /// `base`: bus address of the first byte that may be used.
  MemoryLayout(const WorkloadConfig& workload, std::uint32_t block_tokens, std::uint32_t signature_dimension,
               std::uint64_t base, SignatureForm form = SignatureForm::kMean);

  std::uint32_t block_tokens() const { return block_tokens_; }
  std::uint32_t signature_dimension() const { return signature_dimension_; }
  std::uint32_t head_dimension() const { return model_.head_dimension; }
  /// Room for the context, every step's token, and always one open block more.
  std::uint32_t max_blocks() const { return max_blocks_; }

  std::uint64_t vector_bytes() const { return std::uint64_t{model_.head_dimension} * 2; }
  std::uint64_t block_bytes() const { return vectors() * vector_bytes() * block_tokens_; }
  SignatureForm signature_form() const { return form_; }
  std::uint64_t signature_bytes() const {
    return form_ == SignatureForm::kBounds ? 2 * vector_bytes() : std::uint64_t{signature_dimension_} * 2;
  }
  std::uint64_t projection_bytes() const { return signature_dimension_ * vector_bytes(); }
  std::uint64_t kv_head_stride() const { return max_blocks_ * block_bytes(); }
  std::uint64_t signature_head_stride() const { return max_blocks_ * signature_bytes(); }

  std::uint64_t weights_base() const { return weights_base_; }
  std::uint64_t projection_base() const { return projection_base_; }
  std::uint64_t signature_base() const { return signature_base_; }
  std::uint64_t kv_base() const { return kv_base_; }
  std::uint64_t end() const { return kv_base_ + heads_ * kv_head_stride(); }
  /// From the base to the end: what must fit into HBM.
  std::uint64_t bytes() const { return end() - base_; }

  /// Position of a head in [sequence][layer][kv head], and back.
  std::uint64_t head_number(const HeadIndex& head) const;
  HeadIndex head_at(std::uint64_t number) const;
  std::uint64_t heads() const { return heads_; }

  std::uint64_t key_address(const HeadIndex& head, std::uint32_t token) const;
  std::uint64_t value_address(const HeadIndex& head, std::uint32_t token) const;
  std::uint64_t signature_address(const HeadIndex& head, std::uint32_t block) const;
  Location locate(std::uint64_t address) const;

 private:
  /// Of a token in the cache: key and value, or the latent that is both.
  std::uint64_t vectors() const { return model_.shared_kv() ? 1 : 2; }
  Location locate_block(Region region, std::uint64_t offset, std::uint64_t item_bytes) const;

  ModelShape model_;
  std::uint64_t heads_;
  std::uint32_t block_tokens_;
  std::uint32_t signature_dimension_;
  SignatureForm form_;
  std::uint32_t max_blocks_;
  std::uint64_t base_;
  std::uint64_t weights_base_;
  std::uint64_t projection_base_;
  std::uint64_t signature_base_;
  std::uint64_t kv_base_;
};

}  // namespace prism::workload
