// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/address_map.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace prism::hbm {

namespace {

constexpr std::array<std::string_view, 9> kNames = {
    "stack", "channel", "pseudochannel", "stackid", "bankgroup", "bank", "row", "column", "burst"};
constexpr std::size_t kBurst = 8;

[[noreturn]] void fail(const std::string& what) {
  throw std::invalid_argument("address map: " + what);
}

std::string quoted(std::string_view text) {
  return std::string("'").append(text).append("'");
}

unsigned bits_for(std::string_view name, std::uint64_t count) {
  if (!std::has_single_bit(count)) {
    fail("found " + std::to_string(count) + " for " + std::string(name) + ", expected a power of two");
  }
  return static_cast<unsigned>(std::countr_zero(count));
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Pieces of `text` between separators, trimmed; empty pieces are dropped.
std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (const std::string_view piece = trim(text.substr(0, end)); !piece.empty()) pieces.push_back(piece);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Bits {
  std::size_t field;
  unsigned high, low;
  bool none;  // name[*] of a field without bits
};

/// "name[hi:lo]", "name[bit]" or "name[*]".
Bits parse_bits(std::string_view text, const std::array<unsigned, 9>& widths) {
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos || text.back() != ']') {
    fail("found " + quoted(text) + ", expected name[hi:lo], name[bit] or name[*]");
  }
  const std::string_view name = text.substr(0, open);
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    fail("found field " + quoted(name) +
         ", expected stack, channel, pseudochannel, stackid, bankgroup, bank, row, column or burst");
  }
  const auto field = static_cast<std::size_t>(found - kNames.begin());
  const unsigned width = widths[field];
  const std::string_view inner = text.substr(open + 1, text.size() - open - 2);
  if (inner == "*") return {field, width - 1, 0, width == 0};
  const std::size_t colon = inner.find(':');
  const auto high = number(inner.substr(0, colon));
  const auto low = colon == std::string_view::npos ? high : number(inner.substr(colon + 1));
  if (!high || !low || *high < *low) {
    fail("found " + quoted(text) + ", expected bit numbers as " + std::string(name) +
         "[hi:lo] with hi >= lo");
  }
  if (*high >= width) {
    fail("found " + quoted(text) + ", expected bits below " + std::to_string(width) +
         ": the organization needs " + std::to_string(width) + " bits of " + std::string(name));
  }
  return {field, *high, *low, false};
}

}  // namespace

AddressMap::AddressMap(std::string_view text, const Organization& organization)
    : organization_(organization) {
  const std::array<std::uint64_t, kFields> counts = {
      organization.stacks,    organization.channels,    organization.pseudo_channels,
      organization.stack_ids, organization.bank_groups, organization.banks,
      organization.rows,      organization.columns,     organization.burst_bytes};
  std::array<unsigned, kFields> widths{};
  for (std::size_t field = 0; field < kFields; ++field)
    widths[field] = bits_for(kNames[field], counts[field]);

  const std::size_t semicolon = std::min(text.find(';'), text.size());
  parse_slices(text.substr(0, semicolon), widths);
  for (const std::string_view term : split(text.substr(semicolon), ";")) parse_hash(term, widths);
  for (const Hash& hash : hashes_) {
    for (const Hash& other : hashes_) {
      if ((hash.sources & address_bit_of(other.field, other.field_bit)) != 0) {
        fail("found a hash that reads " + std::string(kNames[other.field]) + "[" +
             std::to_string(other.field_bit) + "], expected a bit that is not hashed itself");
      }
    }
  }
}

void AddressMap::parse_slices(std::string_view text, const std::array<unsigned, kFields>& widths) {
  const std::vector<std::string_view> pieces = split(text, " \t\n");
  std::array<std::uint64_t, kFields> seen{};
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    const Bits bits = parse_bits(*piece, widths);
    if (bits.none) continue;
    for (unsigned bit = bits.low; bit <= bits.high; ++bit) {
      if ((seen[bits.field] >> bit & 1u) != 0) {
        fail("found " + std::string(kNames[bits.field]) + "[" + std::to_string(bit) +
             "] twice, expected once");
      }
      seen[bits.field] |= std::uint64_t{1} << bit;
    }
    const unsigned count = bits.high - bits.low + 1;
    slices_.push_back({bits.field, bits.low, address_bits_, count});
    address_bits_ += count;
  }
  for (std::size_t field = 0; field < kFields; ++field) {
    const std::uint64_t expected = (std::uint64_t{1} << widths[field]) - 1;
    if (const std::uint64_t missing = expected & ~seen[field]; missing != 0) {
      fail("found no " + std::string(kNames[field]) + "[" + std::to_string(std::countr_zero(missing)) +
           "], expected all " + std::to_string(widths[field]) + " bits of " + std::string(kNames[field]));
    }
  }
  burst_bits_ = widths[kBurst];
  for (unsigned bit = 0; bit < burst_bits_; ++bit) {
    if (address_bit_of(kBurst, bit) != std::uint64_t{1} << bit) {
      fail("found burst[" + std::to_string(bit) + "] away from address bit " + std::to_string(bit) +
           ", expected burst[*] as the last slice: a burst is contiguous");
    }
  }
}

void AddressMap::parse_hash(std::string_view text, const std::array<unsigned, kFields>& widths) {
  const std::size_t operation = text.find("^=");
  if (operation == std::string_view::npos) {
    fail("found " + quoted(text) + ", expected a hash term as bankgroup[0] ^= row[3]");
  }
  const auto one_bit = [&](std::string_view part) {
    const Bits bits = parse_bits(trim(part), widths);
    if (bits.none || bits.high != bits.low || bits.field == kBurst) {
      fail("found " + quoted(trim(part)) + " in a hash term, expected one bit of a field other than burst");
    }
    return bits;
  };
  const std::string_view left = trim(text.substr(0, operation));
  if (left.empty()) fail("found " + quoted(text) + ", expected a bit left of ^=");
  const Bits target = one_bit(left);
  if (kNames[target.field] == "row") {
    fail("found " + quoted(left) + " as a hash target, expected any field but row and burst");
  }
  Hash hash{target.field, target.low, 0};
  const std::vector<std::string_view> sources = split(text.substr(operation + 2), "^");
  if (sources.empty()) fail("found " + quoted(text) + ", expected a bit right of ^=");
  for (const std::string_view source : sources) {
    const Bits bits = one_bit(source);
    hash.sources ^= address_bit_of(bits.field, bits.low);
  }
  hashes_.push_back(hash);
}

std::uint64_t AddressMap::address_bit_of(std::size_t field, unsigned field_bit) const {
  for (const Slice& slice : slices_) {
    if (slice.field == field && field_bit >= slice.field_bit && field_bit < slice.field_bit + slice.count) {
      return std::uint64_t{1} << (slice.address_bit + field_bit - slice.field_bit);
    }
  }
  return 0;
}

void AddressMap::toggle_hashed(std::uint64_t address, Values& values) const {
  for (const Hash& hash : hashes_) {
    const auto parity = static_cast<std::uint64_t>(std::popcount(address & hash.sources) & 1);
    values[hash.field] ^= parity << hash.field_bit;
  }
}

Location AddressMap::decode(std::uint64_t address) const {
  Values values{};
  for (const Slice& slice : slices_) {
    const std::uint64_t mask = (std::uint64_t{1} << slice.count) - 1;
    values[slice.field] |= (address >> slice.address_bit & mask) << slice.field_bit;
  }
  if (!hashes_.empty()) toggle_hashed(address, values);
  const auto field = [&](std::size_t index) { return static_cast<std::uint32_t>(values[index]); };
  return {field(0), field(1), field(2), field(3), field(4), field(5), field(6), field(7)};
}

std::uint64_t AddressMap::encode(const Location& location) const {
  Values values = {location.stack,    location.channel,    location.pseudo_channel,
                   location.stack_id, location.bank_group, location.bank,
                   location.row,      location.column,     0};
  const auto assemble = [&] {
    std::uint64_t address = 0;
    for (const Slice& slice : slices_) {
      const std::uint64_t mask = (std::uint64_t{1} << slice.count) - 1;
      address |= (values[slice.field] >> slice.field_bit & mask) << slice.address_bit;
    }
    return address;
  };
  // Hash sources are never hashed, so the first assembly already has them right.
  if (!hashes_.empty()) toggle_hashed(assemble(), values);
  return assemble();
}

std::uint32_t AddressMap::channel_index(const Location& location) const {
  return location.stack * organization_.channels + location.channel;
}

std::uint32_t AddressMap::pseudo_channel_index(const Location& location) const {
  return channel_index(location) * organization_.pseudo_channels + location.pseudo_channel;
}

std::uint32_t AddressMap::bank_index(const Location& location) const {
  return (location.stack_id * organization_.bank_groups + location.bank_group) * organization_.banks +
         location.bank;
}

}  // namespace prism::hbm
