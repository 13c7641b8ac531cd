// SPDX-License-Identifier: Apache-2.0
// Physical address <-> place in the HBM system, as a bit-slice string. Every address bit belongs to exactly
// one bit of one field; XOR hash terms may be added on top. Free of SystemC.
//
//   "row[14:0] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0] burst[4:0]"
//   "row[*] bank[*] bankgroup[*] column[4:1] stack[*] channel[*] pseudochannel[*] column[0] burst[*]; bank[0]
//   ^= row[2]"
//
// Slices run from the most to the least significant bit. Fields: stack, channel, pseudochannel, stackid,
// bankgroup, bank, row, column, burst (the byte within a burst). name[*] stands for all bits of the field, so
// that one string serves any number of stacks; a field that needs no bit may be absent. A hash term `; a[i]
// ^= b[j] ^ c[k]` flips bit i of field a by address bits that are not hashed themselves.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/hbm/hbm_config.h"

namespace prism::hbm {

struct Location {
  std::uint32_t stack = 0;
  std::uint32_t channel = 0;
  std::uint32_t pseudo_channel = 0;
  std::uint32_t stack_id = 0;
  std::uint32_t bank_group = 0;
  std::uint32_t bank = 0;
  std::uint32_t row = 0;
  std::uint32_t column = 0;

  bool operator==(const Location&) const = default;
};

class AddressMap {
 public:
  /// Throws std::invalid_argument, saying what was found and what was expected.
  AddressMap(std::string_view text, const Organization& organization);

  /// Bits above address_bits() are ignored. Decoding is linear over XOR: decode(a ^ b) = decode(a) ^
  /// decode(b), fieldwise.
  Location decode(std::uint64_t address) const;
  /// The address of the burst's first byte.
  std::uint64_t encode(const Location& location) const;

  /// Index over all pseudo-channels of the system: stack-major, then channel.
  std::uint32_t pseudo_channel_index(const Location& location) const;
  std::uint32_t channel_index(const Location& location) const;
  /// Index over the banks of a pseudo-channel: stack-id-major, then bank group.
  std::uint32_t bank_index(const Location& location) const;

  unsigned address_bits() const { return address_bits_; }
  unsigned burst_bits() const { return burst_bits_; }

 private:
  static constexpr std::size_t kFields = 9;
  using Values = std::array<std::uint64_t, kFields>;

  /// `count` bits of a field, from its bit `field_bit` on, at address bit `address_bit`.
  struct Slice {
    std::size_t field;
    unsigned field_bit, address_bit, count;
  };
  struct Hash {
    std::size_t field;
    unsigned field_bit;
    std::uint64_t sources;  // address bits
  };

  void parse_slices(std::string_view text, const std::array<unsigned, kFields>& widths);
  void parse_hash(std::string_view text, const std::array<unsigned, kFields>& widths);
  std::uint64_t address_bit_of(std::size_t field, unsigned field_bit) const;
  void toggle_hashed(std::uint64_t address, Values& values) const;

  std::vector<Slice> slices_;
  std::vector<Hash> hashes_;
  Organization organization_;
  unsigned address_bits_ = 0;
  unsigned burst_bits_ = 0;
};

}  // namespace prism::hbm
