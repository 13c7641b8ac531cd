// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "platform/workload/memory_layout.h"
#include "platform/workload/workload_config.h"

namespace prism::workload {
namespace {

const ModelShape kQwen{.name = "Qwen2.5-7B",
                       .layers = 28,
                       .hidden = 3584,
                       .query_heads = 28,
                       .kv_heads = 4,
                       .head_dimension = 128,
                       .ffn = 18944,
                       .vocabulary = 152064,
                       .qkv_bias = true,
                       .moe = {},
                       .mla = {}};
const ModelShape kLlama{.name = "Llama-3.1-8B",
                        .layers = 32,
                        .hidden = 4096,
                        .query_heads = 32,
                        .kv_heads = 8,
                        .head_dimension = 128,
                        .ffn = 14336,
                        .vocabulary = 128256,
                        .qkv_bias = false,
                        .moe = {},
                        .mla = {}};
const ModelShape kMistral{.name = "Mistral-7B v0.3",
                          .layers = 32,
                          .hidden = 4096,
                          .query_heads = 32,
                          .kv_heads = 8,
                          .head_dimension = 128,
                          .ffn = 14336,
                          .vocabulary = 32768,
                          .qkv_bias = false,
                          .moe = {},
                          .mla = {}};

TEST(ModelShape, WeightsReadPerStepMatchPublishedFigures) {
  EXPECT_NEAR(static_cast<double>(kQwen.weight_bytes_per_step()) / 1e9, 14.14, 0.005);
  EXPECT_NEAR(static_cast<double>(kLlama.weight_bytes_per_step()) / 1e9, 15.01, 0.005);
  EXPECT_NEAR(static_cast<double>(kMistral.weight_bytes_per_step()) / 1e9, 14.23, 0.005);
}

TEST(ModelShape, StoredWeightsAreThePublishedParameterCounts) {
  EXPECT_EQ(kQwen.stored_weight_bytes(), 2 * 7'615'616'512ull);
  EXPECT_EQ(kLlama.stored_weight_bytes(), 2 * 8'030'261'248ull);
  EXPECT_EQ(kMistral.stored_weight_bytes(), 2 * 7'248'023'552ull);
}

TEST(ModelShape, TiedEmbeddingsAreStoredOnce) {
  ModelShape tied = kLlama;
  tied.tied_embeddings = true;
  EXPECT_EQ(tied.stored_weight_bytes(), tied.weight_bytes_per_step());
  EXPECT_EQ(tied.weight_bytes_per_step(), kLlama.weight_bytes_per_step());
}

TEST(ModelShape, KvBytesPerToken) {
  EXPECT_EQ(kv_bytes_per_token(kQwen), 57'344u);
  EXPECT_EQ(kv_bytes_per_token(kLlama), 131'072u);
}

}  // namespace
}  // namespace prism::workload
