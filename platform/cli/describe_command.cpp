// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/human_units.h"
#include "platform/cli/load.h"
#include "platform/cli/table.h"
#include "platform/config/config.h"
#include "platform/config/schema.h"
#include "platform/soc/simulation.h"

namespace prism::cli {
namespace fs = std::filesystem;
namespace {

std::string hex(std::uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

fs::path default_config() {
  for (const fs::path& directory : preset_directories()) {
    if (fs::path file = directory / "decode_64k.json"; fs::exists(file)) return file;
  }
  throw InputError("found no installed configurations, expected the name of one");
}

config::ConfigTree tree_of(const DescribeArguments& arguments) {
  return load(arguments.config.empty() ? default_config() : arguments.config, arguments.overrides);
}

config::PlatformConfig config_of(const DescribeArguments& arguments) {
  return config::parse_config(tree_of(arguments));
}

const char* access_name(RegisterAccess access) {
  switch (access) {
    case RegisterAccess::kReadOnly:
      return "RO";
    case RegisterAccess::kWriteOnly:
      return "WO";
    case RegisterAccess::kReadWrite:
      return "RW";
    case RegisterAccess::kWriteOneToClear:
      return "W1C";
  }
  return "";
}

}  // namespace

int describe_memory_map(const DescribeArguments& arguments) {
  auto map = config_of(arguments).bus.map;
  std::sort(map.begin(), map.end(), [](const auto& a, const auto& b) { return a.base < b.base; });
  Table table({"device", "first", "last", "size"});
  for (const auto& range : map) {
    table.add_row({range.name, hex(range.base), hex(range.base + range.bytes - 1),
                   human_bytes(static_cast<double>(range.bytes))});
  }
  std::cout << table.text();
  return kExitDone;
}

int describe_registers(const DescribeArguments& arguments) {
  for (const soc::DeviceRegisters& device : soc::take_inventory(config_of(arguments)).devices) {
    std::cout << device.device << " at " << hex(device.base) << "\n";
    Table table({"offset", "register", "bytes", "access", "reset", "description"}, 6);
    for (const auto& entry : device.registers) {
      table.add_row({hex(entry.offset), entry.name, std::to_string(entry.bytes), access_name(entry.access),
                     hex(entry.reset), entry.description});
    }
    for (const auto& window : device.windows) {
      table.add_row({hex(window.offset), window.name, std::to_string(window.bytes),
                     window.writable ? "RW" : "RO", "-", window.description});
    }
    std::cout << table.text() << "\n";
  }
  return kExitDone;
}

int describe_statistics(const DescribeArguments& arguments) {
  Table table({"module", "statistic", "unit", "description"}, 4);
  for (const ModuleStatistics& module : soc::take_inventory(config_of(arguments)).statistics) {
    for (const Statistic& statistic : module.statistics()) {
      table.add_row({module.owner(), statistic.name, statistic.unit, statistic.description});
    }
    for (const EnergyItem& energy : module.energies()) {
      table.add_row({module.owner(), "energy_pj." + energy.component, "pJ", energy.description});
    }
  }
  std::cout << table.text();
  return kExitDone;
}

int describe_config(const DescribeArguments& arguments) {
  const config::ConfigTree tree = tree_of(arguments);
  const nlohmann::json resolved = config::parse_config(tree).resolved;
  if (!arguments.origins) {
    std::cout << resolved.dump(2) << "\n";
    return kExitDone;
  }
  Table table({"key", "value", "from"}, 3);
  for (const std::string& pointer : config::Schema().leaves()) {
    table.add_row({pointer, resolved.at(nlohmann::json::json_pointer(pointer)).dump(),
                   tree.holds(pointer) ? tree.origin(pointer) : "default"});
  }
  std::cout << table.text();
  return kExitDone;
}

int describe_schema() {
  std::cout << config::schema_text();
  return kExitDone;
}

}  // namespace prism::cli
