// SPDX-License-Identifier: Apache-2.0
#include "models/dma/signature_unit.h"

#include <algorithm>
#include <span>

#include "models/common/sc_time.h"

namespace prism::dma {

namespace {

Transfer transfer(std::uint64_t address, std::vector<Bfloat16>& elements, bool is_write, Purpose purpose) {
  const auto bytes = std::as_writable_bytes(std::span(elements));
  return {address, bytes.size(), bytes.data(), is_write, purpose};
}

}  // namespace

SignatureUnit::SignatureUnit(ChannelPort& port, const DmaConfig& config)
    : port_(port), piece_bytes_(config.buffer_bytes / 2), finish_ps_(config.signature_ps) {}

void SignatureUnit::fetch(const Operation& operation, std::uint32_t first, Piece& piece) {
  const std::uint64_t most = std::max<std::uint64_t>(piece_bytes_ / operation.element_bytes, 1);
  const std::uint64_t keys = std::min<std::uint64_t>(most, operation.elements - first);
  piece.keys.resize(keys * operation.element_bytes / sizeof(Bfloat16));
  port_.submit(
      transfer(operation.source.base + first * operation.element_bytes, piece.keys, false, operation.purpose),
      port_.renew(piece.reads));
}

Outcome SignatureUnit::run(const Operation& operation, const std::function<bool()>& aborted) {
  const auto dimension = static_cast<std::uint32_t>(operation.element_bytes / sizeof(Bfloat16));
  const auto format = operation.fp16 ? compute::ElementFormat::kFp16 : compute::ElementFormat::kBf16;
  Outcome outcome;
  std::optional<TransferBatch> matrix;
  matrix_.resize(std::size_t{operation.output_dimension} * dimension);
  port_.submit(transfer(operation.list_address, matrix_, false, operation.purpose), port_.renew(matrix));

  sketch_.start(dimension, format);
  for (Piece& piece : pieces_) piece.reads.reset();
  fetch(operation, 0, pieces_[0]);
  std::uint32_t fetched = static_cast<std::uint32_t>(pieces_[0].keys.size() / dimension);
  for (std::uint32_t added = 0, number = 0; added < operation.elements; ++number) {
    Piece& next = pieces_[(number + 1) % 2];
    if (fetched < operation.elements) {
      fetch(operation, fetched, next);
      fetched += static_cast<std::uint32_t>(next.keys.size() / dimension);
    }
    Piece& piece = pieces_[number % 2];
    port_.wait(*piece.reads);
    outcome.note(*piece.reads);
    outcome.bytes_read += piece.reads->bytes_done();
    if (aborted() && outcome.ok()) outcome.error = DMA_ERROR_ABORTED;
    if (!outcome.ok()) break;
    const auto keys = static_cast<std::uint32_t>(piece.keys.size() / dimension);
    sketch_.add(piece.keys, keys);
    added += keys;
  }
  port_.wait(*matrix);
  for (Piece& piece : pieces_) {
    if (piece.reads) port_.wait(*piece.reads);
  }
  outcome.note(*matrix);
  if (!outcome.ok()) return outcome;

  sc_core::wait(to_sc_time(finish_ps_));
  signature_.resize(operation.output_dimension);
  sketch_.finish(matrix_, signature_);
  std::optional<TransferBatch> written;
  port_.run(transfer(operation.destination.base, signature_, true, operation.purpose), port_.renew(written));
  outcome.bytes = written->bytes_done();
  outcome.note(*written);
  return outcome;
}

}  // namespace prism::dma
