// SPDX-License-Identifier: Apache-2.0
#include "platform/config/parse.h"

namespace prism::config {
namespace {

BurstPortConfig parse_port(const Section& section) {
  return {.max_burst_bytes = section.u32("max_burst_bytes"),
          .max_outstanding = section.u32("max_outstanding")};
}

}  // namespace

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

photonic::PhotonicConfig parse_photonic(const Section& section) {
  return {.rows = section.u32("rows"),
          .wavelengths = section.u32("wavelengths"),
          .max_blocks = section.u32("max_blocks"),
          .dac_ps = section.ns("dac_ns"),
          .modulator_ps = section.ns("modulator_ns"),
          .optics_ps = section.ns("optics_ns"),
          .ring_decay_ps = section.ns("ring_decay_ns"),
          .detector_ps = section.ns("detector_ns"),
          .adc_ps = section.ns("adc_ns"),
          .top_k_ps = section.ns("top_k_ns"),
          .page_reprogram_ps = section.ns("page_reprogram_ns"),
          .weight_dacs = section.u32("weight_dacs"),
          .weight_settle_ps = section.ns("weight_settle_ns"),
          .laser_mw = section.number("laser_mw"),
          .driver_mw = section.number("driver_mw"),
          .dac_mw = section.number("dac_mw"),
          .modulator_mw = section.number("modulator_mw"),
          .detector_mw = section.number("detector_mw"),
          .adc_mw = section.number("adc_mw"),
          .top_k_mw = section.number("top_k_mw"),
          .cooler_mw = section.number("cooler_mw"),
          .ring_switch_fj = section.number("ring_switch_fj"),
          .register_access_ps = section.ns("register_access_ns"),
          .port = parse_port(section.child("port"))};
}

dma::DmaConfig parse_dma(const Section& section) {
  return {.channels = section.u32("channels"),
          .descriptor_ps = section.ns("descriptor_ns"),
          .buffer_bytes = section.u64("buffer_bytes"),
          .buffer_slots = section.u32("buffer_slots"),
          .list_entries = section.u32("list_entries"),
          .register_access_ps = section.ns("register_access_ns"),
          .port = parse_port(section.child("port"))};
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
          .port = parse_port(section.child("port"))};
}

}  // namespace prism::config
