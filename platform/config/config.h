// SPDX-License-Identifier: Apache-2.0
// The configuration of one simulation: complete, checked, immutable. Each model gets its own small struct.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/compute/compute_config.h"
#include "models/cpu/cpu_config.h"
#include "models/dma/dma_config.h"
#include "models/hbm/hbm_config.h"
#include "models/interconnect/bus_config.h"
#include "models/memory/memory_config.h"
#include "models/photonic/photonic_config.h"
#include "models/semaphores/semaphore_config.h"
#include "platform/config/config_tree.h"
#include "platform/config/platform_fault.h"
#include "platform/config/policy_config.h"
#include "platform/workload/workload_config.h"

namespace prism::config {

enum class CpuModel : std::uint8_t { kNative, kRv64 };

struct CpuConfig {
  CpuModel model = CpuModel::kNative;
  cpu::NativeCpuConfig native;
  cpu::Rv64CpuConfig rv64;
  cpu::ClintConfig clint;
  cpu::PlicConfig plic;
  cpu::UartConfig uart;
  cpu::FinisherConfig finisher;
};

struct RunConfig {
  double max_simulated_ms = 60000;  // then the run is given up as hung
};

struct PlatformConfig {
  std::string name;
  std::uint64_t seed = 1;
  RunConfig run;
  workload::WorkloadConfig workload;
  PolicyConfig policy;
  CpuConfig cpu;
  interconnect::BusConfig bus;  // its map holds the base and size of everything on the bus
  memory::MemoryConfig ram, rom;
  memory::ScratchpadConfig scratchpad;
  hbm::HbmConfig hbm;
  photonic::PhotonicConfig photonic;
  semaphores::SemaphoreConfig semaphores;
  dma::DmaConfig dma;
  compute::ComputeConfig compute;
  FirmwareConfig firmware;
  std::vector<PlatformFault> faults;
  std::vector<std::string> warnings;  // what is doubtful but possible: sentences without a full stop
  nlohmann::json resolved;            // every key with its value, defaults included, and the notes

  /// The bus range of a target: "rom", "ram", "hbm", "scratchpad", "photonic", ...
  const interconnect::TargetRange& range(std::string_view target) const;
};

/// The bus port of a hart, and the name of its module in the report: "cpu", "cpu1", "cpu2", ...
std::string cpu_port(std::uint32_t hart);

/// Validates the tree against the schema, fills in the defaults, and cross-checks. Throws ConfigError.
/// `read_pointers`, if given, gets the JSON pointer of every value that was read.
PlatformConfig parse_config(const ConfigTree& given, std::set<std::string>* read_pointers = nullptr);

}  // namespace prism::config
