// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/signature_source.h"
#include "models/memory/page_source.h"
#include "platform/workload/head_sample.h"
#include "platform/workload/kv_content.h"
#include "platform/workload/memory_layout.h"

namespace prism::workload {

/// What HBM holds before the first step: keys and values of the context, signatures of its complete blocks,
/// and the projection matrix. Heads outside the sample (functional_heads) hold zeros as keys and values, and
/// random signatures, so that rankings pick scattered blocks. Everything else reads as zero: weights
/// (streamed for time and traffic alone), and the room for tokens that the run appends. Also what the
/// photonic core holds then: the same signatures, by head number.
///
/// Generates on demand. Signatures alone are kept, once computed for a head; so reads must not run
/// concurrently.
class KvPageSource : public memory::PageSource, public SignatureSource {
 public:
  /// `origin`: bus address of the memory's first byte; read() takes addresses relative to it. `projection`:
  /// [signature dimension][head dimension].
  KvPageSource(const KvContent& content, const MemoryLayout& layout, const WorkloadConfig& workload,
               std::vector<Bfloat16> projection, std::uint64_t origin);

  void read(std::uint64_t address, std::span<std::byte> out) const override;
  std::span<const Bfloat16> signatures(std::uint32_t head_number) const override;

  /// Computes every signature of the sample now, on up to `threads` threads; the values are the same as on
  /// demand.
  void precompute_signatures(unsigned threads);

  const std::vector<Bfloat16>& projection() const { return projection_; }

 private:
  /// Bytes [offset, offset + out.size()) of a block.
  void read_block(const HeadIndex& head, std::uint32_t block, std::uint64_t offset,
                  std::span<std::byte> out) const;
  /// Bytes of the first `tokens` vectors of a block's keys or values; later ones read as zero.
  void read_vectors(bool is_key, const HeadIndex& head, std::uint32_t first_token, std::uint32_t tokens,
                    std::uint64_t offset, std::span<std::byte> out) const;
  void read_signatures(const HeadIndex& head, std::uint64_t offset, std::span<std::byte> out) const;
  std::vector<Bfloat16> compute_signatures(const HeadIndex& head) const;
  /// Noise in place of the signatures of blocks first_block, first_block + 1, ...
  void placeholders(const HeadIndex& head, std::uint32_t first_block, std::span<Bfloat16> out) const;
  std::uint32_t complete_blocks(const HeadIndex& head) const;

  const KvContent& content_;
  MemoryLayout layout_;
  WorkloadConfig workload_;
  HeadSample sample_;
  std::vector<Bfloat16> projection_;
  std::uint64_t origin_;
  mutable std::vector<std::vector<Bfloat16>>
      signatures_;  // by head number: [complete block][values]; empty: not yet known
};

}  // namespace prism::workload
