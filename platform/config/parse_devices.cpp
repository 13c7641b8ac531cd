// SPDX-License-Identifier: Apache-2.0
#include "platform/config/parse.h"

namespace prism::config {

BurstPortConfig parse_burst_port(const Section& section) {
  return {.max_burst_bytes = section.u32("max_burst_bytes"),
          .max_outstanding = section.u32("max_outstanding")};
}

memory::MemoryConfig parse_memory(const Section& section, std::uint64_t bytes) {
  return {.bytes = bytes,
          .access_ps = section.ns("access_ns"),
          .bandwidth_gbps = section.number("bandwidth_gbps")};
}

memory::ScratchpadConfig parse_scratchpad(const Section& section, std::uint64_t bytes) {
  return {.bytes = bytes,
          .banks = section.u32("banks"),
          .bank_width_bytes = section.u32("bank_width_bytes"),
          .interleave_bytes = section.u32("interleave_bytes"),
          .clock_mhz = section.number("clock_mhz"),
          .access_ps = section.ns("access_ns")};
}

semaphores::SemaphoreConfig parse_semaphores(const Section& section) {
  return {.count = section.u32("count"), .access_ps = section.ns("register_access_ns")};
}

dma::DmaConfig parse_dma(const Section& section) {
  return {.channels = section.u32("channels"),
          .descriptor_ps = section.ns("descriptor_ns"),
          .buffer_bytes = section.u64("buffer_bytes"),
          .buffer_slots = section.u32("buffer_slots"),
          .list_entries = section.u32("list_entries"),
          .register_access_ps = section.ns("register_access_ns"),
          .port = parse_burst_port(section.child("port"))};
}

compute::ComputeConfig parse_compute(const Section& section) {
  return {.queue_depth = section.u32("queue_depth"),
          .macs_per_clock = section.u32("macs_per_clock"),
          .clock_mhz = section.number("clock_mhz"),
          .exponentials_per_clock = section.u32("exponentials_per_clock"),
          .command_ps = section.ns("command_ns"),
          .register_ps = section.ns("register_access_ns"),
          .mac_pj = section.number_or_unknown("mac_pj"),
          .stream_chunk_bytes = section.u64("stream_chunk_bytes"),
          .tile_tokens = section.u32("tile_tokens"),
          .tile_buffers = section.u32("tile_buffers"),
          .port = parse_burst_port(section.child("port"))};
}

}  // namespace prism::config
