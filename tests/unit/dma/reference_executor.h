// SPDX-License-Identifier: Apache-2.0
// What a descriptor must do, said once more in the plainest way: from the comments of prism/hw/dma.h and the
// rules of slots and bursts, with none of the engine's code.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "models/dma/dma_config.h"
#include "prism/hw/dma.h"
#include "tests/support/test_memory.h"
#include "tests/unit/compute/reference.h"

namespace prism::dma::test {

struct Expected {
  std::uint32_t error = DMA_ERROR_NONE;
  std::uint64_t fault_address = 0;
  std::uint64_t bytes = 0;  // of a write fault: at least
  bool write_fault = false;
  std::map<std::uint64_t, std::byte> written;  // of a write fault: what may be written
};

class ReferenceExecutor {
 public:
  ReferenceExecutor(const DmaConfig& config, prism::test::TestMemory& memory, std::uint64_t begin,
                    std::uint64_t end)
      : config_(config), memory_(memory), begin_(begin), end_(end) {}

  Expected execute(const dma_descriptor& d) {
    Expected out;
    out.error = check(d);
    if (out.error != DMA_ERROR_NONE || d.opcode == DMA_OP_NOP) return out;
    if (d.opcode == DMA_OP_SIGNATURE) return signature(d);
    collect_elements(d, out);
    return move(d, out);
  }

 private:
  struct Element {
    std::uint64_t source;
    std::vector<std::uint64_t> destinations;  // the first, and those of its duplicates
  };
  struct Range {
    std::uint64_t address;
    std::uint64_t bytes;
  };

  static std::uint32_t check(const dma_descriptor& d) {
    const bool listed = d.opcode == DMA_OP_GATHER || d.opcode == DMA_OP_SCATTER;
    if (d.opcode < DMA_OP_COPY || d.opcode > DMA_OP_NOP) return DMA_ERROR_OPCODE;
    const int flags = DMA_FLAG_INTERRUPT | (d.opcode == DMA_OP_SIGNATURE ? DMA_FLAG_FP16 : 0);
    if ((d.flags & ~flags) != 0 || d.purpose > 8 || d.reserved0 != 0) return DMA_ERROR_OPCODE;
    if (d.opcode == DMA_OP_NOP) return semaphores(d);
    const bool counted = d.opcode != DMA_OP_COPY && d.opcode != DMA_OP_FILL;
    const double planes = d.opcode == DMA_OP_APPEND ? 2.0 : 1.0;
    const double total = static_cast<double>(d.bytes) * (counted ? d.count : 1.0) * planes;
    if (total == 0.0 || total > static_cast<double>(DMA_MAX_BYTES)) return DMA_ERROR_LENGTH;
    if (listed && d.list_address % 4 != 0) return DMA_ERROR_ALIGNMENT;
    if (d.opcode == DMA_OP_SCATTER && d.stride < d.bytes) return DMA_ERROR_STRIDE;
    if (d.opcode == DMA_OP_COPY_2D && d.destination_stride < d.bytes) return DMA_ERROR_STRIDE;
    if (d.opcode == DMA_OP_APPEND && (d.stride < d.bytes || d.destination_stride < d.bytes)) {
      return DMA_ERROR_STRIDE;
    }
    if (d.opcode == DMA_OP_SIGNATURE) {
      if ((d.source | d.destination | d.list_address | d.bytes) % 2 != 0) return DMA_ERROR_ALIGNMENT;
      if (d.bytes > 2048 || d.output_dimension == 0 || d.output_dimension > 1024) return DMA_ERROR_LENGTH;
    }
    return semaphores(d);
  }

  /// No bank is bound.
  static std::uint32_t semaphores(const dma_descriptor& d) {
    return d.wait != 0 || d.signal != 0 ? DMA_ERROR_SEMAPHORE : DMA_ERROR_NONE;
  }

  /// The elements to fetch, up to the first list entry that is bad.
  void collect_elements(const dma_descriptor& d, Expected& out) {
    elements_.clear();
    switch (d.opcode) {
      case DMA_OP_COPY:
      case DMA_OP_FILL:
        elements_.push_back({d.source, {d.destination}});
        return;
      case DMA_OP_COPY_2D:
        for (std::uint64_t i = 0; i < d.count; ++i) {
          elements_.push_back({d.source + i * d.stride, {d.destination + i * d.destination_stride}});
        }
        return;
      case DMA_OP_APPEND:
        for (std::uint64_t plane = 0; plane < 2; ++plane) {
          for (std::uint64_t i = 0; i < d.count; ++i) {
            elements_.push_back({d.source + (plane * d.count + i) * d.bytes,
                                 {d.destination + plane * d.destination_stride + i * d.stride}});
          }
        }
        return;
      default:
        break;
    }
    for (std::uint64_t first = 0; first < d.count; first += config_.list_entries) {
      const std::uint64_t left = std::min<std::uint64_t>(config_.list_entries, d.count - first);
      const std::uint64_t position = d.list_address + 4 * first;
      if (const auto fault = first_fault({{position, 4 * left}}, false)) {
        out.error = fault->second;
        out.fault_address = fault->first;
        return;
      }
      std::map<std::uint32_t, std::size_t> seen;  // in this part of the list
      for (std::uint64_t i = first; i < first + left; ++i) {
        const auto index = memory_.get<std::uint32_t>(d.list_address + 4 * i);
        if (d.index_limit != 0 && index >= d.index_limit) {
          out.error = DMA_ERROR_INDEX;
          out.fault_address = d.list_address + 4 * i;
          return;
        }
        const bool gather = d.opcode == DMA_OP_GATHER;
        const std::uint64_t source = d.source + (gather ? index * d.stride : i * d.bytes);
        const std::uint64_t destination = d.destination + (gather ? i * d.bytes : index * d.stride);
        if (const auto same = seen.find(index); gather && same != seen.end()) {
          elements_[same->second].destinations.push_back(destination);
          continue;
        }
        seen[index] = elements_.size();
        elements_.push_back({source, {destination}});
      }
    }
  }

  /// Slot by slot, as far as faults allow.
  Expected move(const dma_descriptor& d, Expected out) {
    const std::uint64_t slot_bytes = config_.buffer_bytes / config_.buffer_slots;
    std::size_t element = 0;
    std::uint64_t offset = 0;
    while (element < elements_.size()) {
      std::vector<Range> reads, writes;
      std::vector<std::pair<std::uint64_t, std::byte>> bytes;
      std::uint64_t room = slot_bytes;
      bool alone = true;  // the next part cannot continue a read
      std::uint64_t slot_position = 0, write_position = ~0ull;
      while (room > 0 && element < elements_.size()) {
        const Element& now = elements_[element];
        const std::uint64_t part = std::min(d.bytes - offset, room);
        const bool repeated = now.destinations.size() > 1;
        const bool continues = !alone && !repeated && !reads.empty() &&
                               reads.back().address + reads.back().bytes == now.source + offset &&
                               last_destination_ == now.destinations[0] + offset;
        if (continues) {
          reads.back().bytes += part;
        } else {
          reads.push_back({now.source + offset, part});
        }
        for (const std::uint64_t destination : now.destinations) {
          const bool joins = !writes.empty() && write_position == slot_position &&
                             writes.back().address + writes.back().bytes == destination + offset;
          if (joins) {
            writes.back().bytes += part;
          } else {
            writes.push_back({destination + offset, part});
          }
          write_position = slot_position + part;
          for (std::uint64_t i = 0; i < part; ++i) {
            bytes.emplace_back(destination + offset + i, byte_of(d, now.source + offset + i, offset + i));
          }
        }
        slot_position += part;
        last_destination_ = now.destinations[0] + offset + part;
        alone = repeated;
        room -= part;
        offset += part;
        if (offset == d.bytes) {
          offset = 0;
          ++element;
        }
      }
      if (d.opcode != DMA_OP_FILL) {
        if (const auto fault = first_fault(reads, false)) return failed(out, *fault);
      }
      if (const auto fault = first_fault(writes, true)) {
        out = failed(out, *fault);
        out.write_fault = true;
        // Later slots may have been on their way.
        for (const auto& [address, byte] : bytes) out.written[address] = byte;
        for (; element < elements_.size(); ++element, offset = 0) {
          for (const std::uint64_t destination : elements_[element].destinations) {
            for (std::uint64_t i = offset; i < d.bytes; ++i) {
              out.written[destination + i] = byte_of(d, elements_[element].source + i, i);
            }
          }
        }
        return out;
      }
      for (const auto& [address, byte] : bytes) memory_.put(address, byte);
      out.bytes += bytes.size();
    }
    return out;
  }

  Expected signature(const dma_descriptor& d) {
    Expected out;
    for (const Range& read :
         {Range{d.source, d.bytes * d.count}, {d.list_address, d.bytes * d.output_dimension}}) {
      if (const auto fault = first_fault({read}, false)) return failed(out, *fault);
    }
    const auto halves = [&](std::uint64_t address, std::uint64_t bytes) {
      std::vector<std::uint16_t> data(bytes / 2);
      std::memcpy(data.data(), memory_.at(address, bytes).data(), bytes);
      return data;
    };
    const auto result = compute::test::reference_sketch(
        halves(d.source, d.bytes * d.count), d.count, d.bytes / 2,
        halves(d.list_address, d.bytes * d.output_dimension), d.output_dimension);
    const auto bytes = std::as_bytes(std::span(result));
    if (const auto fault = first_fault({{d.destination, bytes.size()}}, true)) {
      out = failed(out, *fault);
      out.write_fault = true;
      for (std::size_t i = 0; i < bytes.size(); ++i) out.written[d.destination + i] = bytes[i];
      return out;
    }
    for (std::size_t i = 0; i < result.size(); ++i) memory_.put(d.destination + 2 * i, result[i]);
    out.bytes = 2 * result.size();
    return out;
  }

  std::byte byte_of(const dma_descriptor& d, std::uint64_t source, std::uint64_t position) {
    if (d.opcode == DMA_OP_FILL) return static_cast<std::byte>(d.source >> (8 * (position % 8)));
    return source >= begin_ && source < end_ ? memory_.get<std::byte>(source) : std::byte{0};
  }

  static Expected failed(Expected out, const std::pair<std::uint64_t, std::uint32_t>& fault) {
    out.error = fault.second;
    out.fault_address = fault.first;
    return out;
  }

  /// The lowest burst of the ranges that fails, and how.
  std::optional<std::pair<std::uint64_t, std::uint32_t>> first_fault(const std::vector<Range>& ranges,
                                                                     bool write) const {
    std::optional<std::pair<std::uint64_t, std::uint32_t>> lowest;
    for (const Range& range : ranges) {
      for (std::uint64_t at = range.address; at < range.address + range.bytes;) {
        const std::uint64_t next =
            std::min(range.address + range.bytes,
                     (at / config_.port.max_burst_bytes + 1) * config_.port.max_burst_bytes);
        const std::uint32_t error = burst_error(at, next, write);
        if (error != DMA_ERROR_NONE && (!lowest || at < lowest->first)) lowest = {at, error};
        at = next;
      }
    }
    return lowest;
  }

  std::uint32_t burst_error(std::uint64_t begin, std::uint64_t end, bool write) const {
    if (begin < begin_ || end > end_) return DMA_ERROR_UNMAPPED;
    for (const auto& fault : memory_.faults) {
      const bool counts = write ? fault.on_write : fault.on_read;
      if (counts && begin < fault.end && fault.begin < end) return DMA_ERROR_BUS;
    }
    return DMA_ERROR_NONE;
  }

  const DmaConfig& config_;
  prism::test::TestMemory& memory_;  // the reference's own
  std::uint64_t begin_, end_;
  std::vector<Element> elements_;
  std::uint64_t last_destination_ = 0;
};

}  // namespace prism::dma::test
