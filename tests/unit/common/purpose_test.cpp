// SPDX-License-Identifier: Apache-2.0
#include "models/common/purpose.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "prism/hw/purpose.h"

namespace prism {
namespace {

TEST(Purpose, FirmwareIndicesNameTheSamePurposes) {
  struct Pair {
    std::uint32_t index;
    Purpose purpose;
    std::string_view name;
  };
  constexpr Pair kPairs[] = {
      {PRISM_PURPOSE_WEIGHTS, Purpose::kWeights, "weights"},
      {PRISM_PURPOSE_KV_READ, Purpose::kKvRead, "kv_read"},
      {PRISM_PURPOSE_KV_APPEND, Purpose::kKvAppend, "kv_append"},
      {PRISM_PURPOSE_SIGNATURE_SCAN, Purpose::kSignatureScan, "signature_scan"},
      {PRISM_PURPOSE_SIGNATURE_WRITE, Purpose::kSignatureWrite, "signature_write"},
      {PRISM_PURPOSE_BANK_RELOAD, Purpose::kBankReload, "bank_reload"},
      {PRISM_PURPOSE_DESCRIPTORS, Purpose::kDescriptors, "descriptors"},
      {PRISM_PURPOSE_FIRMWARE, Purpose::kFirmware, "firmware"},
      {PRISM_PURPOSE_OTHER, Purpose::kOther, "other"},
  };
  EXPECT_EQ(std::size(kPairs), kPurposeCount);
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(purpose_from_index(pair.index), pair.purpose) << pair.name;
    EXPECT_EQ(purpose_name(pair.purpose), pair.name);
  }
  EXPECT_EQ(purpose_from_index(kPurposeCount), std::nullopt);
  EXPECT_EQ(purpose_from_index(0xFFFFFFFF), std::nullopt);
}

TEST(PurposeCounters, AddTotalAndSum) {
  PurposeCounters a;
  a.add(Purpose::kWeights, 1'000'000'000'000);
  a.add(Purpose::kOther, 5);
  PurposeCounters b;
  b.add(Purpose::kOther, 7);
  b += a;
  EXPECT_EQ(b[Purpose::kOther], 12u);
  EXPECT_EQ(b[Purpose::kKvRead], 0u);
  EXPECT_EQ(b.total(), 1'000'000'000'012u);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace prism
