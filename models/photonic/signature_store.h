// SPDX-License-Identifier: Apache-2.0
// Where the signatures of banks that are not in the rings live, and what bringing a bank to the rings costs.
#pragma once

#include <cstdint>

#include "models/common/units.h"

namespace prism::photonic {

enum class SignaturePlacement {
  kHbm,       // every reload reads HBM, through the bus
  kSram,      // an on-chip store behind its own port
  kResident,  // one bank of rings for every (layer, KV head): no reload
};

struct SignatureStoreConfig {
  SignaturePlacement placement = SignaturePlacement::kHbm;
  std::uint32_t context_blocks = 0;           // signatures kept of each bank; 0: max_blocks
  std::uint32_t contexts = 1;                 // banks that are kept: layers x KV heads x sequences
  std::uint64_t capacity_bytes = 8ull << 20;  // of the SRAM (assumed)
  std::uint32_t port_bytes = 64;              // read in one clock (assumed)
  double clock_mhz = 1000.0;                  // (assumed)
  double latency_ns = 2.0;                    // to the first word (assumed)
  double read_pj_per_byte = 1.0;              // (assumed: about 0.1 pJ/bit, a large 7 nm SRAM)
  double leakage_mw_per_mib = 10.0;           // (assumed)
  double area_mm2_per_mib = 0.45;             // (derived: 0.027 um^2 cells of 7 nm, half of the area cells)
};

/// What a reload of one bank reads and takes, before the weight DACs.
struct SignatureRead {
  std::uint64_t hbm_bytes = 0;  // through the bus; its time and energy are the bus's and the HBM's
  Picoseconds time = 0;
  double energy_pj = 0.0;
};

/// Closed forms over the configuration. Does not model: writes of new signatures into the store, bank
/// conflicts, the lasers, converters and splitters of resident banks (their area is rings alone).
class SignatureStore {
 public:
  /// `bank_bytes`: of the largest bank. Throws std::invalid_argument for values out of range, and when the
  /// SRAM cannot hold all contexts.
  SignatureStore(const SignatureStoreConfig& config, std::uint64_t bank_bytes);

  SignatureRead read(std::uint64_t bytes) const;
  /// Of an SRAM of its whole capacity; 0 otherwise.
  double leakage_mw() const;
  /// On the electronic chip: the SRAM.
  double sram_mm2() const;
  /// On the photonic chip: rings x pitch^2, of one bank, or of every context when resident.
  double rings_mm2(std::uint32_t rows, std::uint32_t rings, double pitch_um) const;

 private:
  double mebibytes() const { return static_cast<double>(config_.capacity_bytes) / (1 << 20); }

  SignatureStoreConfig config_;
};

}  // namespace prism::photonic
