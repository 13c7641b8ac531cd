// SPDX-License-Identifier: Apache-2.0
// Model shapes: the presets against the published parameter counts, and config.json files of Hugging Face.
#include "platform/config/model_file.h"

#include <gtest/gtest.h>

#include "platform/config/config.h"
#include "platform/workload/memory_layout.h"
#include "tests/support/temporary_folder.h"

namespace prism::config {
namespace {

using prism::test::TemporaryFolder;
namespace fs = std::filesystem;

workload::ModelShape model_of(const std::string& model, const TemporaryFolder& folder) {
  const fs::path file = folder.write("run.json", R"({"extends": "tiny", "workload": )" + model + "}");
  ConfigTree tree = ConfigTree::load(file, {fs::path(PRISM_SOURCE_DIR) / "configs"});
  // Room for any model's weights.
  tree.set("hbm.organization.stacks=64");
  tree.set("policy.name=dense");
  tree.set("memory_map.scratchpad.bytes=268435456");
  return parse_config(tree).workload.model;
}

struct Published {
  const char* preset;
  std::uint64_t parameters;
  double step_gb;  // weights read in a step of one sequence
  std::uint64_t kv_bytes;
};

TEST(ModelPresets, HaveThePublishedParameters) {
  const TemporaryFolder folder;
  for (const Published& model : {Published{"qwen2_5_7b", 7'615'616'512, 14.14, 57'344},
                                 Published{"qwen3_8b", 8'190'735'360, 15.14, 147'456},
                                 Published{"llama3_1_8b", 8'030'261'248, 15.01, 131'072},
                                 Published{"llama3_1_70b", 70'553'706'496, 139.0, 327'680},
                                 Published{"mistral_7b_v0_3", 7'248'023'552, 14.23, 131'072},
                                 Published{"deepseek_v3", 671'026'419'200, 36.6, 70'272}}) {
    const auto shape =
        model_of(std::string(R"({"model": {"extends": "models/)") + model.preset + "\"}}", folder);
    const double stored = static_cast<double>(shape.stored_weight_bytes()) / shape.weight_bytes_per_parameter;
    // Query and key norms, a few thousand parameters, are not counted.
    EXPECT_NEAR(stored, static_cast<double>(model.parameters), 10'000) << model.preset;
    EXPECT_NEAR(static_cast<double>(shape.weight_bytes_per_step()) / 1e9, model.step_gb,
                0.05 * model.step_gb / 14)
        << model.preset;
    EXPECT_EQ(workload::kv_bytes_per_token(shape), model.kv_bytes) << model.preset;
  }
}

TEST(ModelShape, ABatchReadsTheExpertsThatItsTokensChoose) {
  const workload::ExpertShape moe{
      .layers = 58, .experts = 256, .experts_per_token = 8, .shared_experts = 1, .ffn = 2048};
  EXPECT_EQ(workload::expected_experts(moe, 1), 8u);
  EXPECT_EQ(workload::expected_experts(moe, 16), 102u);  // 256 (1 - (31/32)^16) = 101.96
  EXPECT_EQ(workload::expected_experts(moe, 10000), 256u);
  EXPECT_EQ(workload::expected_experts({}, 16), 0u);
}

TEST(ModelFile, ReadsAConfigJsonBesideTheConfiguration) {
  const TemporaryFolder folder;
  folder.write("qwen.json", R"({"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944,
    "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4, "vocab_size": 152064,
    "tie_word_embeddings": false, "torch_dtype": "bfloat16", "rope_theta": 1000000.0})");
  const auto shape = model_of(R"({"model_file": "qwen.json"})", folder);
  EXPECT_EQ(shape.stored_weight_bytes(), 2 * 7'615'616'512ull);
  EXPECT_EQ(shape.head_dimension, 128u);
  EXPECT_TRUE(shape.qkv_bias);
}

TEST(ModelFile, ReadsDeepSeekV3) {
  const TemporaryFolder folder;
  folder.write("config.json",
               R"({"model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432,
    "num_attention_heads": 128, "num_hidden_layers": 61, "num_key_value_heads": 128, "vocab_size": 129280,
    "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "moe_intermediate_size": 2048,
    "first_k_dense_replace": 3, "quantization_config": {"quant_method": "fp8"}})");
  const auto shape = model_of(R"({"model_file": "config.json"})", folder);
  EXPECT_EQ(shape.stored_weight_bytes(), 671'026'419'200ull);
  EXPECT_EQ(shape.kv_heads, 1u);
  EXPECT_EQ(shape.head_dimension, 576u);
}

TEST(ModelFile, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  const auto message = [&](const char* text) {
    folder.write("config.json", text);
    try {
      model_of(R"({"model_file": "config.json"})", folder);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message(R"({"hidden_size": 64})").find("/num_attention_heads: found nothing"), std::string::npos);
  EXPECT_NE(message(R"({"num_attention_heads": "many"})").find("\"many\", expected a whole number"),
            std::string::npos);
  EXPECT_THROW(model_of(R"({"model_file": "none.json"})", folder), ConfigError);
}

TEST(Trace, AFileThatIsNoneIsTheUsersError) {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::string& content) {
    try {
      model_of(R"({"content": {"kind": "trace")" + content + "}}", folder);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(error_of("").find("/workload/content/trace_file: found null"), std::string::npos);
  folder.write("short.safetensors", "abc");
  EXPECT_NE(error_of(R"(, "trace_file": "short.safetensors")").find("found 3 bytes"), std::string::npos);
  folder.write("empty.safetensors", std::string("\x02\0\0\0\0\0\0\0{}", 10));
  EXPECT_NE(error_of(R"(, "trace_file": "empty.safetensors")").find("layers.0.k"), std::string::npos);
  folder.write("past.safetensors", std::string("\xFF\0\0\0\0\0\0\0{}", 10));
  EXPECT_NE(error_of(R"(, "trace_file": "past.safetensors")").find("past the file's end"), std::string::npos);
}

}  // namespace
}  // namespace prism::config
