// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/address_map.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

#include "models/common/random.h"
#include "tests/support/hbm_preset_names.h"
#include "tests/unit/hbm/preset.h"

namespace prism::hbm {
namespace {

constexpr const char* kDramsys =
    "row[14:0] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0] burst[4:0]";

Organization dramsys() {
  return {.stacks = 1,
          .channels = 1,
          .pseudo_channels = 2,
          .stack_ids = 2,
          .bank_groups = 4,
          .banks = 4,
          .rows = 32768,
          .columns = 32,
          .burst_bytes = 32};
}

/// A number below `limit`.
std::uint64_t random_below(std::uint32_t index, std::uint64_t limit) {
  const auto words = CounterRandom(1, 2).words(index);
  return (std::uint64_t{words[0]} << 32 | words[1]) % limit;
}

std::string message_of(const std::string& text, const Organization& organization = dramsys()) {
  try {
    const AddressMap map(text, organization);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(HbmAddressMap, DecodesEveryFieldFromItsBits) {
  const AddressMap map(kDramsys, dramsys());
  EXPECT_EQ(map.address_bits(), 31u);
  EXPECT_EQ(map.burst_bits(), 5u);
  EXPECT_EQ(map.decode(0), Location{});
  EXPECT_EQ(map.decode(31), Location{});  // within the first burst
  EXPECT_EQ(map.decode(1 << 5), (Location{.pseudo_channel = 1}));
  EXPECT_EQ(map.decode(3 << 6), (Location{.bank_group = 3}));
  EXPECT_EQ(map.decode(2 << 8), (Location{.bank = 2}));
  EXPECT_EQ(map.decode(1 << 10), (Location{.stack_id = 1}));
  EXPECT_EQ(map.decode(21 << 11), (Location{.column = 21}));
  EXPECT_EQ(map.decode(std::uint64_t{32767} << 16), (Location{.row = 32767}));
}

TEST(HbmAddressMap, ScatteredSlicesAssembleTheirField) {
  Organization organization = dramsys();
  organization.stacks = 4;
  organization.channels = 8;
  const AddressMap map(
      "row[*] column[4:2] stackid[*] bank[*] bankgroup[1] stack[*] channel[*] pseudochannel[*] column[1:0] "
      "bankgroup[0] burst[*]",
      organization);
  EXPECT_EQ(map.decode(1 << 5), (Location{.bank_group = 1}));
  EXPECT_EQ(map.decode(3 << 6), (Location{.column = 3}));
  EXPECT_EQ(map.decode(1 << 8), (Location{.pseudo_channel = 1}));
  EXPECT_EQ(map.decode(5 << 9), (Location{.channel = 5}));
  EXPECT_EQ(map.decode(2 << 12), (Location{.stack = 2}));
  EXPECT_EQ(map.decode(1 << 14), (Location{.bank_group = 2}));
  EXPECT_EQ(map.decode(5 << 18), (Location{.column = 20}));
}

TEST(HbmAddressMap, WildcardFollowsTheOrganization) {
  for (const std::uint32_t stacks : {1u, 2u, 8u}) {
    Organization organization = dramsys();
    organization.stacks = stacks;
    const AddressMap map(
        "row[*] column[*] stackid[*] bank[*] bankgroup[*] stack[*] channel[*] pseudochannel[*] burst[*]",
        organization);
    EXPECT_EQ(std::uint64_t{1} << map.address_bits(), organization.capacity_bytes());
    EXPECT_EQ(map.decode((stacks - 1) << 6), (Location{.stack = stacks - 1}));
  }
}

TEST(HbmAddressMap, EncodeUndoesDecode) {
  Organization organization = dramsys();
  organization.stacks = 2;
  organization.channels = 4;
  const std::string slices =
      "row[*] column[4:1] stackid[*] bank[*] stack[*] channel[*] pseudochannel[*] bankgroup[*] column[0] "
      "burst[*]";
  const std::string hashes =
      "; bankgroup[0] ^= row[0] ^ row[3]; bank[1] ^= row[1]; channel[0] ^= row[5] ^ column[4]";
  for (const std::string& text : {slices, slices + hashes}) {
    const AddressMap map(text, organization);
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> distinct;
    for (std::uint32_t i = 0; i < 2000; ++i) {
      const std::uint64_t address = random_below(i, organization.capacity_bytes()) / 32 * 32;
      const Location location = map.decode(address);
      ASSERT_LT(map.pseudo_channel_index(location), organization.pseudo_channels_total());
      ASSERT_LT(map.bank_index(location), organization.banks_per_pseudo_channel());
      ASSERT_LT(location.row, organization.rows);
      ASSERT_LT(location.column, organization.columns);
      ASSERT_EQ(map.encode(location), address);
    }
    // Every burst of a 64 KiB block has its own place.
    for (std::uint64_t address = 0; address < 65536; address += 32) {
      const Location at = map.decode(address);
      distinct.insert({map.pseudo_channel_index(at), map.bank_index(at), at.row, at.column});
    }
    EXPECT_EQ(distinct.size(), 2048u);
  }
}

TEST(HbmAddressMap, HashFlipsItsTargetOnly) {
  const std::string hashed =
      std::string(kDramsys) + "; bankgroup[0] ^= row[3] ^ row[5]; bank[1] ^= column[2]";
  const AddressMap plain(kDramsys, dramsys());
  const AddressMap map(hashed, dramsys());
  const std::uint64_t row3 = plain.encode({.row = 8});
  const std::uint64_t row35 = plain.encode({.row = 8 + 32});
  EXPECT_EQ(map.decode(row3), (Location{.bank_group = 1, .row = 8}));
  EXPECT_EQ(map.decode(row35), (Location{.row = 40}));
  EXPECT_EQ(map.decode(plain.encode({.column = 4})), (Location{.bank = 2, .column = 4}));
}

TEST(HbmAddressMap, DecodingIsLinear) {
  const AddressMap map(std::string(kDramsys) + "; bank[0] ^= row[1]; pseudochannel[0] ^= row[0]", dramsys());
  for (std::uint32_t i = 0; i < 500; ++i) {
    const std::uint64_t a = random_below(2 * i, dramsys().capacity_bytes());
    const std::uint64_t b = random_below(2 * i + 1, dramsys().capacity_bytes());
    const Location x = map.decode(a), y = map.decode(b), z = map.decode(a ^ b);
    EXPECT_EQ(z.bank, x.bank ^ y.bank);
    EXPECT_EQ(z.pseudo_channel, x.pseudo_channel ^ y.pseudo_channel);
    EXPECT_EQ(z.row, x.row ^ y.row);
    EXPECT_EQ(z.column, x.column ^ y.column);
  }
}

TEST(HbmAddressMap, IndicesNumberPlacesWithoutGaps) {
  Organization organization = dramsys();
  organization.stacks = 2;
  organization.channels = 4;
  const AddressMap map(
      "row[*] column[*] stackid[*] bank[*] bankgroup[*] stack[*] channel[*] pseudochannel[*] burst[*]",
      organization);
  EXPECT_EQ(map.pseudo_channel_index({.stack = 1, .channel = 2, .pseudo_channel = 1}), 13u);
  EXPECT_EQ(map.channel_index({.stack = 1, .channel = 2, .pseudo_channel = 1}), 6u);
  EXPECT_EQ(map.bank_index({.stack_id = 1, .bank_group = 2, .bank = 3}), 27u);
}

TEST(HbmAddressMap, AMistakeNamesWhatWasFoundAndExpected) {
  const struct {
    std::string text, found;
  } kMistakes[] = {
      {"row[14:0] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0]", "found no burst[0]"},
      {"row[14:0] column[4:0] stackid[0] bank[1] bankgroup[1:0] pseudochannel[0] burst[4:0]",
       "found no bank[0]"},
      {std::string("row[0] ") + kDramsys, "found row[0] twice"},
      {"row[15:0] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0] burst[4:0]",
       "expected bits below 15"},
      {"raw[14:0] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0] burst[4:0]",
       "found field 'raw'"},
      {"row[0:14] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0] burst[4:0]", "hi >= lo"},
      {"row[x] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0] burst[4:0]",
       "expected bit numbers"},
      {"row column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0] burst[4:0]", "found 'row'"},
      {"row[14:0] burst[4:0] column[4:0] stackid[0] bank[1:0] bankgroup[1:0] pseudochannel[0]",
       "as the last slice"},
      {"", "expected all"},
      {std::string(kDramsys) + "; bank[0] row[1]", "expected a hash term"},
      {std::string(kDramsys) + "; bank[1:0] ^= row[1]", "expected one bit"},
      {std::string(kDramsys) + "; bank[0] ^= burst[1]", "other than burst"},
      {std::string(kDramsys) + "; row[0] ^= row[1]", "as a hash target"},
      {std::string(kDramsys) + "; bank[0] ^=", "right of ^="},
      {std::string(kDramsys) + "; ^= row[0]", "left of ^="},
      {std::string(kDramsys) + "; bank[0] ^= row[0]; bankgroup[0] ^= bank[0]", "not hashed itself"},
  };
  for (const auto& mistake : kMistakes) {
    const std::string message = message_of(mistake.text);
    EXPECT_NE(message.find(mistake.found), std::string::npos) << mistake.text << "\n-> " << message;
    EXPECT_NE(message.find(", expected "), std::string::npos) << message;
  }
}

TEST(HbmAddressMap, CountsMustBePowersOfTwo) {
  Organization organization = dramsys();
  organization.rows = 24576;
  EXPECT_NE(message_of(kDramsys, organization).find("found 24576 for row, expected a power of two"),
            std::string::npos);
}

TEST(HbmAddressMap, PresetsSpreadABlockOfKeysOverAllPseudoChannelsOfFourStacks) {
  for (const std::string& name : prism::test::hbm_preset_names()) {
    if (name == "hbm2_2gbps_dramsys") continue;  // one channel, for comparison
    HbmConfig config = test::load_preset(name);
    config.organization.stacks = 4;
    const AddressMap map(config.controller.address_map, config.organization);
    std::set<std::uint32_t> touched;
    for (std::uint64_t address = 0; address < 65536; address += 32) {
      touched.insert(map.pseudo_channel_index(map.decode(address)));
    }
    EXPECT_EQ(touched.size(), config.organization.pseudo_channels_total()) << name;
  }
}

}  // namespace
}  // namespace prism::hbm
