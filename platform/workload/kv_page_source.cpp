// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/kv_page_source.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>
#include <thread>

#include "models/compute/sketch.h"

namespace prism::workload {

static_assert(std::endian::native == std::endian::little, "elements are written in the host's byte order");

KvPageSource::KvPageSource(const SyntheticContent& content, const MemoryLayout& layout,
                           std::uint32_t context_tokens, std::vector<Bfloat16> projection,
                           std::uint64_t origin)
    : content_(content),
      layout_(layout),
      context_tokens_(context_tokens),
      projection_(std::move(projection)),
      origin_(origin),
      signatures_(layout.heads()) {
  assert(projection_.size() * 2 == layout_.projection_bytes());
}

void KvPageSource::read(std::uint64_t address, std::span<std::byte> out) const {
  std::uint64_t from = origin_ + address;
  while (!out.empty()) {
    const MemoryLayout::Location place = layout_.locate(from);
    const std::size_t count = std::min<std::uint64_t>(out.size(), place.contiguous);
    const std::span<std::byte> part = out.first(count);
    switch (place.region) {
      case MemoryLayout::Region::kKv:
        read_block(place.head, place.block, place.block_offset, part);
        break;
      case MemoryLayout::Region::kSignatures: {
        const auto head = static_cast<std::uint32_t>(layout_.head_number(place.head));
        const std::span<const std::byte> bytes = std::as_bytes(signatures(head));
        const std::uint64_t begin = place.block * layout_.signature_bytes() + place.block_offset;
        const std::size_t known =
            begin < bytes.size() ? std::min<std::size_t>(count, bytes.size() - begin) : 0;
        if (known > 0) std::memcpy(part.data(), &bytes[begin], known);
        std::fill(part.begin() + static_cast<std::ptrdiff_t>(known), part.end(), std::byte{0});
        break;
      }
      case MemoryLayout::Region::kProjection:
        std::memcpy(part.data(), &std::as_bytes(std::span(projection_))[place.offset], count);
        break;
      case MemoryLayout::Region::kWeights:
      case MemoryLayout::Region::kNone:
        std::fill(part.begin(), part.end(), std::byte{0});
        break;
    }
    out = out.subspan(count);
    from += count;
  }
}

void KvPageSource::read_block(const HeadIndex& head, std::uint32_t block, std::uint64_t offset,
                              std::span<std::byte> out) const {
  const std::uint64_t half = layout_.block_bytes() / 2;
  const std::uint32_t first_token = block * layout_.block_tokens();
  const std::uint32_t tokens =
      first_token < context_tokens_ ? std::min(layout_.block_tokens(), context_tokens_ - first_token) : 0;
  if (offset < half) {
    const std::size_t count = std::min<std::uint64_t>(out.size(), half - offset);
    read_vectors(true, head, first_token, tokens, offset, out.first(count));
    out = out.subspan(count);
    offset += count;
  }
  if (!out.empty()) read_vectors(false, head, first_token, tokens, offset - half, out);
}

void KvPageSource::read_vectors(bool is_key, const HeadIndex& head, std::uint32_t first_token,
                                std::uint32_t tokens, std::uint64_t offset, std::span<std::byte> out) const {
  const std::uint64_t vector_bytes = layout_.vector_bytes();
  const std::uint64_t known_bytes = tokens * vector_bytes;
  const std::size_t known =
      offset < known_bytes ? std::min<std::uint64_t>(out.size(), known_bytes - offset) : 0;
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(known), out.end(), std::byte{0});
  if (known == 0) return;

  const auto generate = [&](std::uint64_t first, std::span<Bfloat16> vectors) {
    const auto token = static_cast<std::uint32_t>(first_token + first);
    if (is_key) {
      content_.keys(head, token, vectors);
    } else {
      content_.values(head, token, vectors);
    }
  };
  const std::uint64_t first = offset / vector_bytes;
  const bool whole_vectors = offset % vector_bytes == 0 && known % vector_bytes == 0;
  const bool aligned = reinterpret_cast<std::uintptr_t>(out.data()) % alignof(Bfloat16) == 0;
  if (whole_vectors && aligned) {
    generate(first, {reinterpret_cast<Bfloat16*>(out.data()), known / sizeof(Bfloat16)});
  } else {
    const std::uint64_t last = (offset + known + vector_bytes - 1) / vector_bytes;
    std::vector<Bfloat16> vectors((last - first) * layout_.head_dimension());
    generate(first, vectors);
    std::memcpy(out.data(), &std::as_bytes(std::span(vectors))[offset - first * vector_bytes], known);
  }
}

std::span<const Bfloat16> KvPageSource::signatures(std::uint32_t head_number) const {
  std::vector<Bfloat16>& known = signatures_[head_number];
  if (known.empty()) known = compute_signatures(head_number);
  return known;
}

std::vector<Bfloat16> KvPageSource::compute_signatures(std::uint64_t head_number) const {
  const HeadIndex head = layout_.head_at(head_number);
  const std::uint32_t block_tokens = layout_.block_tokens();
  const std::uint32_t d = layout_.signature_dimension();
  const std::uint32_t blocks = context_tokens_ / block_tokens;
  std::vector<Bfloat16> keys(std::size_t{block_tokens} * layout_.head_dimension());
  std::vector<Bfloat16> out(std::size_t{blocks} * d);
  for (std::uint32_t block = 0; block < blocks; ++block) {
    content_.keys(head, block * block_tokens, keys);
    compute::sketch(keys, block_tokens, layout_.head_dimension(), projection_,
                    std::span(out).subspan(std::size_t{block} * d, d));
  }
  return out;
}

void KvPageSource::precompute_signatures(unsigned threads) {
  std::atomic<std::uint32_t> next = 0;
  const auto work = [&] {
    for (std::uint32_t number = next++; number < signatures_.size(); number = next++) signatures(number);
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
}

}  // namespace prism::workload
