// SPDX-License-Identifier: Apache-2.0
// Which physical row serves which logical row, and what is broken.
#pragma once

#include <cstdint>
#include <vector>

#include "models/photonic/physics_config.h"

namespace prism::photonic {

/// Logical rows 0 .. rows-1 on physical rows 0 .. rows+spares-1; as constructed, each on its own.
class RowMap {
 public:
  /// Throws std::invalid_argument for 0 rows.
  RowMap(std::uint32_t rows, std::uint32_t spare_rows);

  std::uint32_t rows() const { return static_cast<std::uint32_t>(physical_.size()); }
  std::uint32_t physical_rows() const { return physical_rows_; }
  std::uint32_t physical(std::uint32_t logical) const { return physical_[logical]; }
  /// Both in range. Two logical rows on one physical row are the caller's mistake.
  void assign(std::uint32_t logical, std::uint32_t physical) { physical_[logical] = physical; }

 private:
  std::uint32_t physical_rows_;
  std::vector<std::uint32_t> physical_;
};

/// The broken rows and rings. The weight of a broken ring ignores drive, drift and crosstalk.
class FaultMap {
 public:
  FaultMap(std::uint32_t physical_rows, std::uint32_t rings);

  /// Throws std::invalid_argument for a row, ring or weight out of range. A later fault of a ring replaces an
  /// earlier one.
  void add(const Fault& fault);
  void clear();

  bool any() const { return any_; }
  bool dead(std::uint32_t row) const { return dead_[row]; }
  /// The broken rings of a row: `ring` keeps `weight`.
  const std::vector<Fault>& rings(std::uint32_t row) const { return broken_[row]; }

 private:
  std::uint32_t rings_;
  bool any_ = false;
  std::vector<bool> dead_;
  std::vector<std::vector<Fault>> broken_;  // [row]
};

}  // namespace prism::photonic
