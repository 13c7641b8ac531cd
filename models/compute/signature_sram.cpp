// SPDX-License-Identifier: Apache-2.0
#include "models/compute/signature_sram.h"

#include <algorithm>

namespace prism::compute {

std::vector<Bfloat16>& SignatureSram::contents(std::uint32_t head) {
  const auto [entry, is_new] = heads_.try_emplace(head);
  if (is_new && prefilled_ != nullptr) {
    const std::span<const Bfloat16> signatures = prefilled_->signatures(head);
    entry->second.assign(signatures.begin(), signatures.end());
  }
  return entry->second;
}

std::span<const Bfloat16> SignatureSram::read(std::uint32_t head, std::uint32_t first, std::uint32_t count,
                                              std::uint32_t elements) {
  const std::vector<Bfloat16>& held = contents(head);
  const std::uint64_t begin = std::uint64_t{first} * elements;
  const std::uint64_t size = std::uint64_t{count} * elements;
  if (begin + size > held.size()) return {};
  bytes_read_ += size * sizeof(Bfloat16);
  return std::span(held).subspan(begin, size);
}

bool SignatureSram::write(std::uint32_t head, std::uint32_t row, std::span<const Bfloat16> values) {
  std::vector<Bfloat16>& held = contents(head);
  const std::uint64_t begin = std::uint64_t{row} * values.size();
  if (begin > held.size() || (begin + values.size()) * sizeof(Bfloat16) > config_.capacity_bytes)
    return false;
  held.resize(std::max<std::size_t>(held.size(), begin + values.size()));
  std::copy(values.begin(), values.end(), held.begin() + static_cast<std::ptrdiff_t>(begin));
  bytes_written_ += values.size_bytes();
  return true;
}

Picoseconds SignatureSram::read_ps(std::uint64_t bytes) const {
  const std::uint64_t clocks = (bytes + config_.port_bytes - 1) / config_.port_bytes;
  return config_.latency_ps + static_cast<Picoseconds>(clocks) * period_ps(config_.clock_mhz);
}

void SignatureSram::report(ModuleStatistics& out, Picoseconds simulated) const {
  const double mebibytes = static_cast<double>(config_.capacity_bytes) / (1 << 20);
  out.count("sram_bytes", "bytes", "capacity of the signature SRAM", config_.capacity_bytes);
  out.gauge("sram_mm2", "mm2", "area of the signature SRAM", config_.area_mm2_per_mib * mebibytes);
  out.count("sram_bytes_read", "bytes", "read from the signature SRAM", bytes_read_);
  out.count("sram_bytes_written", "bytes", "written to the signature SRAM", bytes_written_);
  const auto accessed = static_cast<double>(bytes_read_ + bytes_written_);
  out.energy("compute.signature_sram.access", config_.access_pj_per_byte * accessed,
             "reads and writes of the signature SRAM");
  // 1 mW for 1 ns is 1 pJ.
  out.energy("compute.signature_sram.leakage", config_.leakage_mw_per_mib * mebibytes * ns_from_ps(simulated),
             "leakage of the signature SRAM over the whole run");
}

}  // namespace prism::compute
