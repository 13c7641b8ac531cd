// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

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
  dma::DmaConfig config{.channels = section.u32("channels"),
                        .descriptor_ps = section.ns("descriptor_ns"),
                        .signature_ps = section.ns("signature_ns"),
                        .prefetch_descriptors = section.u32("prefetch_descriptors"),
                        .buffer_bytes = section.u64("buffer_bytes"),
                        .buffer_slots = section.u32("buffer_slots"),
                        .list_entries = section.u32("list_entries"),
                        .register_access_ps = section.ns("register_access_ns"),
                        .port = parse_burst_port(section.child("port")),
                        .channel_defaults = {.coalesce_count = section.u32("coalesce_count"),
                                             .coalesce_ns = section.u32("coalesce_ns")},
                        .channel_settings = {}};
  config.channel_settings.assign(config.channels, config.channel_defaults);
  const auto set = [&](std::string_view key, std::uint32_t dma::DmaConfig::Channel::*field) {
    const std::vector<std::uint32_t> values = section.u32s(key);
    for (std::size_t i = 0; i < std::min(values.size(), config.channel_settings.size()); ++i) {
      config.channel_settings[i].*field = values[i];
    }
  };
  set("priorities", &dma::DmaConfig::Channel::priority);
  set("weights", &dma::DmaConfig::Channel::weight);
  set("bandwidth_limits_mbps", &dma::DmaConfig::Channel::bandwidth_mbps);
  set("outstanding_limits", &dma::DmaConfig::Channel::outstanding);
  return config;
}

namespace {

compute::RankerConfig parse_ranker(const Section& section) {
  compute::RankerConfig ranker;
  ranker.macs_per_clock = section.u32("macs_per_clock");
  ranker.clock_mhz = section.number("clock_mhz");
  ranker.top_k_rows_per_clock = section.u32("top_k_rows_per_clock");
  ranker.top_k_ps = section.ns("top_k_ns");
  ranker.mac_pj = section.number_or_unknown("mac_pj");
  const Section sram = section.child("sram");
  ranker.sram = {.port_bytes = sram.u32("port_bytes"),
                 .clock_mhz = sram.number("clock_mhz"),
                 .latency_ps = sram.ns("latency_ns"),
                 .access_pj_per_byte = sram.number("access_pj_per_byte"),
                 .leakage_mw_per_mib = sram.number("leakage_mw_per_mib"),
                 .area_mm2_per_mib = sram.number("area_mm2_per_mib")};
  const Section die = section.child("near_memory");
  ranker.near_memory = {.latency_ps = die.ns("latency_ns"),
                        .macs_per_clock = die.u32("macs_per_clock"),
                        .clock_mhz = die.number("clock_mhz"),
                        .access_pj_per_byte = die.number("access_pj_per_byte")};
  return ranker;
}

}  // namespace

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
          .ranker = parse_ranker(section.child("ranker")),
          .port = parse_burst_port(section.child("port"))};
}

}  // namespace prism::config
