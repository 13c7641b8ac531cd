// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

#include "models/common/sc_time.h"
#include "prism/hw/hbm.h"
#include "prism/hw/photonic.h"

namespace prism::soc {
namespace {

template <class Value>
std::string write_register(RegisterBank& bank, std::uint64_t offset, Value value) {
  const RegisterResult result = bank.write(offset, std::as_bytes(std::span(&value, 1)));
  return result == RegisterResult::kOk ? "" : std::string(describe(result)) + "\n";
}

/// Decimal, or hexadecimal behind 0x; may be negative.
std::optional<std::int64_t> number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

}  // namespace

const Monitor::Command Monitor::kCommands[] = {
    {"help", "help: this list", &Monitor::help},
    {"time", "time: simulated time", &Monitor::time},
    {"state", "state: what every hart does", &Monitor::state},
    {"statistics", "statistics [MODULE]: statistics so far, as in the report", &Monitor::statistics},
    {"registers", "registers [DEVICE]: the registers of a device, read without side effects",
     &Monitor::registers},
    {"write", "write DEVICE REGISTER VALUE: writes a register as firmware would, in no time",
     &Monitor::write},
    {"inject",
     "inject correctable|uncorrectable ADDRESS [permanent]: an error in HBM, at a bus address\n"
     "inject temperature CELSIUS: of HBM\n"
     "inject dead_row ROW | dead_ring ROW RING | stuck_ring ROW RING WEIGHT: in the photonic core\n"
     "inject bus_error|stall|lost_interrupt DEVICE [PURPOSE] [COUNT]: of dma, compute or photonic, from now "
     "on\n"
     "inject bad_descriptor|full_ring [COUNT]: of the DMA engine",
     &Monitor::inject},
};

std::string Monitor::execute(std::string_view command) {
  std::istringstream stream{std::string(command)};
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  if (words.empty()) return help({});
  for (const Command& known : kCommands) {
    if (words.front() != known.name) continue;
    words.erase(words.begin());
    return (this->*known.execute)(words);
  }
  return fmt::format("found the command \"{}\", expected one of:\n{}", words.front(), help({}));
}

std::string Monitor::help(const Words&) {
  std::string text;
  for (const Command& command : kCommands) text += std::string(command.usage) + "\n";
  return text;
}

std::string Monitor::time(const Words&) {
  return fmt::format("{:.3f} ns\n", ns_from_ps(now_ps()));
}

std::string Monitor::state(const Words&) {
  return soc_.cpu_state() + "\n";
}

std::string Monitor::statistics(const Words& arguments) {
  std::string text;
  std::string names;
  for (const ModuleStatistics& module : soc_.statistics(now_ps())) {
    names += " " + module.owner();
    if (!arguments.empty() && arguments.front() != module.owner()) continue;
    const nlohmann::json values = module.to_json();
    for (const Statistic& statistic : module.statistics()) {
      text += fmt::format("{}.{} = {} ({})\n", module.owner(), statistic.name,
                          values.at(statistic.name).dump(), statistic.unit);
    }
  }
  const bool unknown = !arguments.empty() && text.empty();
  return unknown ? fmt::format("found the module \"{}\", expected one of:{}\n", arguments.front(), names)
                 : text;
}

RegisterBank* Monitor::find_bank(const std::string& device) const {
  for (const Soc::NamedBank& item : soc_.register_banks()) {
    if (item.target == device) return item.bank;
  }
  return nullptr;
}

std::string Monitor::registers(const Words& arguments) {
  const RegisterBank* bank = arguments.empty() ? nullptr : find_bank(arguments.front());
  if (bank == nullptr) {
    std::string names;
    for (const Soc::NamedBank& item : soc_.register_banks()) names += std::string(" ") + item.target;
    return "devices:" + names + "\n";
  }
  const std::uint64_t base = config_.range(arguments.front()).base;
  std::string text;
  for (const auto& entry : bank->registers()) {
    const Register::Spec& spec = entry->spec();
    std::uint64_t value = 0;
    bank->debug_read(spec.offset, std::as_writable_bytes(std::span(&value, 1)).first(spec.bytes));
    text += fmt::format("{:#012x} {:<24} {:#0{}x}\n", base + spec.offset, spec.name, value,
                        2 + 2 * std::size_t{spec.bytes});
  }
  return text;
}

std::string Monitor::write(const Words& arguments) {
  constexpr const char* kUsage = "expected: write DEVICE REGISTER VALUE\n";
  if (arguments.size() != 3) return kUsage;
  RegisterBank* bank = find_bank(arguments[0]);
  const auto value = number(arguments[2]);
  if (bank == nullptr || !value) return kUsage;
  const auto& all = bank->registers();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& entry) { return entry->spec().name == arguments[1]; });
  if (found == all.end()) return fmt::format("{} has no register {}\n", arguments[0], arguments[1]);
  const Register::Spec& spec = (*found)->spec();
  switch (spec.bytes) {
    case 1:
      return write_register(*bank, spec.offset, static_cast<std::uint8_t>(*value));
    case 4:
      return write_register(*bank, spec.offset, static_cast<std::uint32_t>(*value));
    default:
      return write_register(*bank, spec.offset, *value);
  }
}

std::string Monitor::inject(const Words& arguments) {
  if (arguments.size() == 2 && arguments[0] == "temperature") {
    return write({"hbm_registers", "INJECT_TEMPERATURE", arguments[1]});
  }
  const std::string what = arguments.empty() ? "" : arguments[0];
  if (what == "dead_row" || what == "dead_ring" || what == "stuck_ring") return inject_photonic(arguments);
  if (const auto kind = config::platform_fault_kind(what)) return inject_platform(*kind, arguments);
  return inject_hbm_error(arguments);
}

std::string Monitor::inject_photonic(const Words& arguments) {
  // The fault registers in order, of which each kind takes the first ones.
  const std::map<std::string, std::size_t> needed = {{"dead_row", 1}, {"dead_ring", 2}, {"stuck_ring", 3}};
  const std::vector<std::string> names = {"FAULT_ROW", "FAULT_RING", "FAULT_WEIGHT"};
  if (arguments.size() != 1 + needed.at(arguments[0])) {
    return "expected: inject dead_row ROW | dead_ring ROW RING | stuck_ring ROW RING WEIGHT (1e-6)\n";
  }
  const std::size_t kind = needed.at(arguments[0]) - 1;  // as PHOTONIC_FAULT_*
  std::string answer = write({"photonic", "FAULT_KIND", std::to_string(kind)});
  for (std::size_t i = 1; i < arguments.size(); ++i)
    answer += write({"photonic", names[i - 1], arguments[i]});
  return answer + write({"photonic", "CONTROL", std::to_string(PHOTONIC_CONTROL_INJECT)});
}

std::string Monitor::inject_platform(config::PlatformFaultKind kind, const Words& arguments) {
  using Kind = config::PlatformFaultKind;
  config::PlatformFault fault;
  fault.kind = kind;
  const bool of_dma = kind == Kind::kBadDescriptor || kind == Kind::kFullRing;
  if (!of_dma && arguments.size() < 2)
    return "expected: inject " + arguments[0] + " DEVICE [PURPOSE] [COUNT]\n";
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (const auto count = number(word)) {
      fault.trigger.count = static_cast<std::uint64_t>(*count);
    } else if (const auto purpose = config::purpose_named(word); purpose && !of_dma) {
      fault.purpose = purpose;
    } else if (i == 1 && !of_dma && soc_.faults.has(word)) {
      fault.device = word;
    } else {
      return fmt::format("found \"{}\", expected a device (dma, compute, photonic), a purpose or a count\n",
                         word);
    }
  }
  soc_.faults.add(fault);
  return "";
}

std::string Monitor::inject_hbm_error(const Words& arguments) {
  const std::string kind = arguments.empty() ? "" : arguments[0];
  const auto address = arguments.size() > 1 ? number(arguments[1]) : std::nullopt;
  const bool permanent = arguments.size() == 3 && arguments[2] == "permanent";
  if ((kind != "correctable" && kind != "uncorrectable") || !address || arguments.size() > 3 ||
      (arguments.size() == 3 && !permanent)) {
    return "expected: inject correctable|uncorrectable ADDRESS [permanent]\n";
  }
  const interconnect::TargetRange& hbm = config_.range("hbm");
  const std::uint64_t offset = static_cast<std::uint64_t>(*address) - hbm.base;
  if (offset >= hbm.bytes) {
    return fmt::format("found {:#x}, expected an address in HBM, {:#x} to {:#x}\n", *address, hbm.base,
                       hbm.base + hbm.bytes - 1);
  }
  RegisterBank& bank = *find_bank("hbm_registers");
  const std::uint32_t error = (kind == "correctable" ? HBM_ERROR_CORRECTABLE : HBM_ERROR_UNCORRECTABLE) |
                              (permanent ? HBM_ERROR_PERMANENT : 0);
  return write_register(bank, HBM_INJECT_ADDRESS, offset) + write_register(bank, HBM_INJECT, error);
}

}  // namespace prism::soc
