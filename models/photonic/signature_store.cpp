// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/signature_store.h"

#include <string>

#include "models/photonic/check.h"

namespace prism::photonic {

SignatureStore::SignatureStore(const SignatureStoreConfig& config, std::uint64_t bank_bytes)
    : config_(config) {
  require(config.contexts > 0, "store.contexts", config.contexts, "at least 1");
  require(config.port_bytes > 0, "store.port_bytes", config.port_bytes, "at least 1");
  require_positive("store.clock_mhz", config.clock_mhz);
  require_not_negative("store.latency_ns", config.latency_ns);
  require_not_negative("store.read_pj_per_byte", config.read_pj_per_byte);
  require_not_negative("store.leakage_mw_per_mib", config.leakage_mw_per_mib);
  require_not_negative("store.area_mm2_per_mib", config.area_mm2_per_mib);
  const bool fits = bank_bytes <= config.capacity_bytes / config.contexts;
  require(config.placement != SignaturePlacement::kSram || fits, "store.capacity_bytes",
          config.capacity_bytes,
          "at least " + std::to_string(bank_bytes * config.contexts) + " for " +
              std::to_string(config.contexts) + " banks");
}

SignatureRead SignatureStore::read(std::uint64_t bytes) const {
  switch (config_.placement) {
    case SignaturePlacement::kHbm:
      return {.hbm_bytes = bytes};
    case SignaturePlacement::kResident:
      return {};
    case SignaturePlacement::kSram:
      break;
  }
  const std::uint64_t clocks = (bytes + config_.port_bytes - 1) / config_.port_bytes;
  return {.time = ps_from_ns(config_.latency_ns) +
                  static_cast<Picoseconds>(clocks) * period_ps(config_.clock_mhz),
          .energy_pj = config_.read_pj_per_byte * static_cast<double>(bytes)};
}

double SignatureStore::leakage_mw() const {
  return config_.placement == SignaturePlacement::kSram ? config_.leakage_mw_per_mib * mebibytes() : 0.0;
}

double SignatureStore::sram_mm2() const {
  return config_.placement == SignaturePlacement::kSram ? config_.area_mm2_per_mib * mebibytes() : 0.0;
}

double SignatureStore::rings_mm2(std::uint32_t rows, std::uint32_t rings, double pitch_um) const {
  const double bank = 1e-6 * pitch_um * pitch_um * rings * rows;
  return config_.placement == SignaturePlacement::kResident ? bank * config_.contexts : bank;
}

}  // namespace prism::photonic
