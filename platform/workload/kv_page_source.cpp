// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/kv_page_source.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>
#include <thread>

#include "models/common/random.h"
#include "models/compute/block_ranker.h"
#include "models/compute/sketch.h"
#include "platform/workload/kernels.h"

namespace prism::workload {

static_assert(std::endian::native == std::endian::little, "elements are written in the host's byte order");

KvPageSource::KvPageSource(const KvContent& content, const MemoryLayout& layout,
                           const WorkloadConfig& workload, std::vector<Bfloat16> projection,
                           std::uint64_t origin)
    : content_(content),
      layout_(layout),
      workload_(workload),
      sample_(workload),
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
      case MemoryLayout::Region::kSignatures:
        read_signatures(place.head, place.block * layout_.signature_bytes() + place.block_offset, part);
        break;
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
  const std::uint64_t half = layout_.vector_bytes() * layout_.block_tokens();  // or all of a shared latent
  if (!sample_.contains(head)) return std::fill(out.begin(), out.end(), std::byte{0});
  const std::uint32_t first_token = block * layout_.block_tokens();
  const std::uint32_t context = workload_.context_of(head.sequence);
  const std::uint32_t tokens =
      first_token < context ? std::min(layout_.block_tokens(), context - first_token) : 0;
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

std::uint32_t KvPageSource::complete_blocks(const HeadIndex& head) const {
  return workload_.context_of(head.sequence) / layout_.block_tokens();
}

void KvPageSource::read_signatures(const HeadIndex& head, std::uint64_t offset,
                                   std::span<std::byte> out) const {
  const std::uint64_t held = complete_blocks(head) * layout_.signature_bytes();
  const std::size_t known = offset < held ? std::min<std::uint64_t>(out.size(), held - offset) : 0;
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(known), out.end(), std::byte{0});
  if (known == 0) return;
  if (sample_.contains(head)) {
    const auto number = static_cast<std::uint32_t>(layout_.head_number(head));
    std::memcpy(out.data(), &std::as_bytes(signatures(number))[offset], known);
    return;
  }
  const std::uint64_t row = layout_.signature_bytes();
  const std::uint64_t first = offset / row;
  std::vector<Bfloat16> rows(((offset + known + row - 1) / row - first) * row / sizeof(Bfloat16));
  placeholders(head, static_cast<std::uint32_t>(first), rows);
  std::memcpy(out.data(), &std::as_bytes(std::span(rows))[offset - first * row], known);
}

std::span<const Bfloat16> KvPageSource::signatures(std::uint32_t head_number) const {
  std::vector<Bfloat16>& known = signatures_[head_number];
  if (known.empty()) known = compute_signatures(layout_.head_at(head_number));
  return known;
}

void KvPageSource::placeholders(const HeadIndex& head, std::uint32_t first_block,
                                std::span<Bfloat16> out) const {
  constexpr std::uint64_t kStream = 0x574C0300u;
  const auto values = static_cast<std::uint32_t>(layout_.signature_bytes() / sizeof(Bfloat16));
  // Whole calls a row, so that a row does not depend on where a read begins.
  const std::uint32_t calls = (values + kNoiseGroup - 1) / kNoiseGroup;
  const std::vector<float> zero(std::size_t{calls} * kNoiseGroup);
  std::vector<Bfloat16> row(zero.size());
  const auto number = static_cast<std::uint32_t>(layout_.head_number(head));
  for (std::size_t i = 0; i * values < out.size(); ++i) {
    const NoiseStream stream{CounterRandom(0, kStream).key(),
                             static_cast<std::uint32_t>(first_block + i) * calls, number, 0, 0};
    best_kernels().add_noise(stream, 1, row.size(), 1.0f / kNoiseDeviation, zero.data(), row.data());
    std::copy_n(row.begin(), values, out.begin() + static_cast<std::ptrdiff_t>(i * values));
  }
}

std::vector<Bfloat16> KvPageSource::compute_signatures(const HeadIndex& head) const {
  const std::uint32_t block_tokens = layout_.block_tokens();
  const std::uint32_t dimension = layout_.head_dimension();
  const std::uint64_t values = layout_.signature_bytes() / sizeof(Bfloat16);
  std::vector<Bfloat16> out(complete_blocks(head) * values);
  if (!sample_.contains(head)) {
    placeholders(head, 0, out);
    return out;
  }
  std::vector<Bfloat16> keys(std::size_t{block_tokens} * dimension);
  for (std::uint32_t block = 0; block < complete_blocks(head); ++block) {
    const std::span<Bfloat16> row = std::span(out).subspan(block * values, values);
    content_.keys(head, block * block_tokens, keys);
    if (layout_.signature_form() == SignatureForm::kBounds) {
      compute::bounds(keys, dimension, row);
    } else {
      compute::sketch(keys, block_tokens, dimension, projection_, row);
    }
  }
  return out;
}

void KvPageSource::precompute_signatures(unsigned threads) {
  std::atomic<std::uint32_t> next = 0;
  const auto work = [&] {
    for (std::uint32_t number = next++; number < signatures_.size(); number = next++) {
      if (sample_.contains(layout_.head_at(number))) signatures(number);
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
}

}  // namespace prism::workload
