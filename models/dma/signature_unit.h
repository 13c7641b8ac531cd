// SPDX-License-Identifier: Apache-2.0
// Computes a block's signature while its keys stream by.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/compute/sketch.h"
#include "models/dma/channel_port.h"
#include "models/dma/descriptor.h"
#include "models/dma/dma_config.h"
#include "models/dma/outcome.h"

namespace prism::dma {

/// One pass over the keys, with the arithmetic of the compute engine's SKETCH (models/compute/sketch.h): the
/// signatures are the same bits. The adders keep up with the port; signature_ps stands for what follows the
/// last key. After an abort or a fault of a read the destination is untouched.
class SignatureUnit {
 public:
  SignatureUnit(ChannelPort& port, const DmaConfig& config);

  Outcome run(const Operation& operation, const std::function<bool()>& aborted);

 private:
  struct Piece {
    std::vector<Bfloat16> keys;
    std::optional<TransferBatch> reads;
  };

  void fetch(const Operation& operation, std::uint32_t first, Piece& piece);

  ChannelPort& port_;
  std::uint64_t piece_bytes_;
  Picoseconds finish_ps_;
  std::array<Piece, 2> pieces_;
  std::vector<Bfloat16> matrix_;
  std::vector<Bfloat16> signature_;
  compute::SketchAccumulator sketch_;
};

}  // namespace prism::dma
