// SPDX-License-Identifier: Apache-2.0
#include "models/common/payload_pool.h"

#include <gtest/gtest.h>

namespace prism {
namespace {

TEST(PayloadPool, ReusesReleasedPayloadsInACleanState) {
  PayloadPool pool;
  tlm::tlm_generic_payload& first = pool.allocate();
  auto* info = first.get_extension<TransactionInfo>();
  ASSERT_NE(info, nullptr);
  info->purpose = Purpose::kWeights;
  info->carries_data = false;
  info->program_counter = 4;
  unsigned char enables = 0;
  first.set_byte_enable_ptr(&enables);
  first.set_dmi_allowed(true);
  first.set_response_status(tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(pool.in_use(), 1u);
  first.release();
  EXPECT_EQ(pool.in_use(), 0u);

  tlm::tlm_generic_payload& second = pool.allocate();
  EXPECT_EQ(&second, &first);
  EXPECT_EQ(second.get_extension<TransactionInfo>(), info);
  EXPECT_EQ(info->purpose, Purpose::kOther);
  EXPECT_TRUE(info->carries_data);
  EXPECT_EQ(info->program_counter, 0u);
  EXPECT_EQ(second.get_byte_enable_ptr(), nullptr);
  EXPECT_FALSE(second.is_dmi_allowed());
  EXPECT_EQ(second.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE);
  EXPECT_EQ(second.get_ref_count(), 1);
  second.release();
}

TEST(PayloadPool, APayloadInUseIsNotHandedOutAgain) {
  PayloadPool pool;
  tlm::tlm_generic_payload& first = pool.allocate();
  first.acquire();  // as an interconnect does
  first.release();
  tlm::tlm_generic_payload& second = pool.allocate();
  EXPECT_NE(&first, &second);
  EXPECT_EQ(pool.in_use(), 2u);
  first.release();
  second.release();
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(TransactionInfo, DefaultsWhenThePayloadHasNone) {
  tlm::tlm_generic_payload payload;
  const TransactionInfo& info = transaction_info(payload);
  EXPECT_EQ(info.purpose, Purpose::kOther);
  EXPECT_STREQ(info.initiator, "unknown");
  EXPECT_TRUE(info.carries_data);
}

TEST(TransactionInfo, IsCopiedWithThePayload) {
  PayloadPool pool;
  tlm::tlm_generic_payload& original = pool.allocate();
  original.get_extension<TransactionInfo>()->purpose = Purpose::kKvRead;
  original.get_extension<TransactionInfo>()->initiator = "dma";
  tlm::tlm_generic_payload copy;
  copy.deep_copy_from(original);
  EXPECT_EQ(transaction_info(copy).purpose, Purpose::kKvRead);
  EXPECT_STREQ(transaction_info(copy).initiator, "dma");
  copy.free_all_extensions();
  original.release();
}

}  // namespace
}  // namespace prism
