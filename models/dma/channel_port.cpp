// SPDX-License-Identifier: Apache-2.0
#include "models/dma/channel_port.h"

namespace prism::dma {

void ChannelPort::submit(const Transfer& transfer, TransferBatch& batch, bool was_read) {
  for (std::uint64_t offset = 0; offset < transfer.bytes;) {
    const std::uint64_t bytes = port_.burst_bytes(transfer.address + offset, transfer.bytes - offset);
    if (settings_.outstanding > 0) port_.wait_below(flying_, settings_.outstanding);
    arbiter_.submit(
        requester_,
        {transfer.address + offset, bytes, transfer.data + offset, transfer.is_write, transfer.purpose},
        !transfer.is_write || !was_read, batch);
    offset += bytes;
  }
}

void ChannelPort::run(const Transfer& transfer, TransferBatch& batch) {
  submit(transfer, batch);
  wait(batch);
}

}  // namespace prism::dma
