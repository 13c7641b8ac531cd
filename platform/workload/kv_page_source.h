// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/memory/page_source.h"
#include "models/photonic/signature_source.h"
#include "platform/workload/memory_layout.h"
#include "platform/workload/synthetic_content.h"

namespace prism::workload {

/// What HBM holds before the first step: keys and values of the context, signatures of its complete blocks,
/// and the projection matrix. Everything else reads as zero: weights (streamed for time and traffic alone),
/// and the room for tokens that the run appends. Also what the photonic core holds then: the same signatures,
/// by head number.
///
/// Generates on demand. Signatures alone are kept, once computed for a head; so reads must not run
/// concurrently.
class KvPageSource : public memory::PageSource, public photonic::SignatureSource {
 public:
  /// `origin`: bus address of the memory's first byte; read() takes addresses relative to it. `projection`:
  /// [signature dimension][head dimension].
  KvPageSource(const SyntheticContent& content, const MemoryLayout& layout, std::uint32_t context_tokens,
               std::vector<Bfloat16> projection, std::uint64_t origin);

  void read(std::uint64_t address, std::span<std::byte> out) const override;
  std::span<const Bfloat16> signatures(std::uint32_t head_number) const override;

  /// Computes every signature now, on up to `threads` threads; the values are the same as on demand.
  void precompute_signatures(unsigned threads);

  const std::vector<Bfloat16>& projection() const { return projection_; }

 private:
  /// Bytes [offset, offset + out.size()) of a block.
  void read_block(const HeadIndex& head, std::uint32_t block, std::uint64_t offset,
                  std::span<std::byte> out) const;
  /// Bytes of the first `tokens` vectors of a block's keys or values; later ones read as zero.
  void read_vectors(bool is_key, const HeadIndex& head, std::uint32_t first_token, std::uint32_t tokens,
                    std::uint64_t offset, std::span<std::byte> out) const;
  std::vector<Bfloat16> compute_signatures(std::uint64_t head_number) const;

  const SyntheticContent& content_;
  MemoryLayout layout_;
  std::uint32_t context_tokens_;
  std::vector<Bfloat16> projection_;
  std::uint64_t origin_;
  mutable std::vector<std::vector<Bfloat16>>
      signatures_;  // by head number: [complete block][d]; empty: not yet known
};

}  // namespace prism::workload
