// SPDX-License-Identifier: Apache-2.0
// One parse function a struct; each reads its section of a complete configuration.
#pragma once

#include "platform/config/config.h"
#include "platform/config/section.h"

namespace prism::config {

workload::WorkloadConfig parse_workload(const Section& section);
PolicyConfig parse_policy(const Section& section);
RunConfig parse_run(const Section& section);
CpuConfig parse_cpu(const Section& section);
hbm::HbmConfig parse_hbm(const Section& section);
BurstPortConfig parse_burst_port(const Section& section);
photonic::PhotonicConfig parse_photonic(const Section& section);
semaphores::SemaphoreConfig parse_semaphores(const Section& section);
dma::DmaConfig parse_dma(const Section& section);
compute::ComputeConfig parse_compute(const Section& section);
FirmwareConfig parse_firmware(const Section& section);
std::vector<PlatformFault> parse_platform_faults(const Section& root);
/// The sizes of memories are in the memory map.
memory::MemoryConfig parse_memory(const Section& section, std::uint64_t bytes);
memory::ScratchpadConfig parse_scratchpad(const Section& section, std::uint64_t bytes);
/// `hbm_capacity`: the size of the HBM window when the map does not give one.
interconnect::BusConfig parse_bus(const Section& interconnect, const Section& memory_map,
                                  std::uint64_t hbm_capacity);

}  // namespace prism::config
