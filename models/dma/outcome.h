// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/burst_port.h"
#include "prism/hw/dma.h"

namespace prism::dma {

/// How an operation or descriptor ended.
struct Outcome {
  std::uint32_t error = DMA_ERROR_NONE;
  std::uint64_t fault_address = 0;
  std::uint64_t bytes = 0;       // written to the destination
  std::uint64_t bytes_read = 0;  // from the source

  bool ok() const { return error == DMA_ERROR_NONE; }

  /// Takes over a batch's fault, unless there was an error before.
  void note(const TransferBatch& batch) {
    if (batch.ok() || !ok()) return;
    error = batch.status() == tlm::TLM_ADDRESS_ERROR_RESPONSE ? DMA_ERROR_UNMAPPED : DMA_ERROR_BUS;
    fault_address = batch.fault_address();
  }
};

}  // namespace prism::dma
