// SPDX-License-Identifier: Apache-2.0
// The checks that a sceptic would make of the selection policies, through the whole SoC.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tests/integration/platform/run_in_child.h"
#include "tests/support/temporary_folder.h"

namespace prism::test {
namespace {

using nlohmann::json;
using Overrides = std::vector<std::string>;

constexpr double kMebi = 1 << 20;

double moved(const json& report, const char* purpose) {
  return report.at("hbm").at("bytes_by_purpose").at(purpose).get<double>();
}

json run(const char* config, Overrides overrides, const char* policy) {
  overrides.push_back(std::string("policy.name=") + policy);
  json report = run_in_child(config, overrides);
  EXPECT_EQ(report["outcome"]["exit_code"], 0) << policy << report["outcome"];
  EXPECT_TRUE(report["traffic_check"]["closes"].get<bool>()) << policy;
  return report;
}

// One of Qwen2.5-7B's 28 layers at 64K tokens: 1/28 of the closed forms of a whole step (selected K/V 224
// MiB, Quest's metadata 224 MiB, mean-key signatures 3.5 MiB).
TEST(Policies, TrafficIsTheClosedFormAt64K) {
  const Overrides one_layer = {"workload.model.layers=1", "workload.functional_heads=1"};
  struct Expected {
    const char* policy;
    double kv_read, signature_scan, bank_reload, near_memory;
  };
  for (const Expected& expected :
       {Expected{"dense", 3584, 0, 0, 0}, Expected{"streaming", 224, 0, 0, 0},
        Expected{"oracle", 224, 0, 0, 0}, Expected{"quest", 224, 224, 0, 0},
        Expected{"mean_key", 224, 3.5, 0, 0}, Expected{"sram", 224, 0, 0, 0},
        Expected{"near_memory", 224, 0, 0, 3.5}, Expected{"prism", 224, 0, 3.5, 0}}) {
    const json report = run("decode_64k.json", one_layer, expected.policy);
    EXPECT_EQ(moved(report, "kv_read"), expected.kv_read * kMebi / 28) << expected.policy;
    EXPECT_EQ(moved(report, "signature_scan"), expected.signature_scan * kMebi / 28) << expected.policy;
    EXPECT_EQ(moved(report, "bank_reload"), expected.bank_reload * kMebi / 28) << expected.policy;
    EXPECT_EQ(report["modules"]["compute"]["near_memory_bytes"].get<double>(),
              expected.near_memory * kMebi / 28)
        << expected.policy;
  }
}

TEST(Policies, SramIsAsLargeAsItsSignaturesAndCostsEnergy) {
  const json report = run("tiny.json", {}, "sram");
  const json& compute = report["modules"]["compute"];
  EXPECT_EQ(compute["sram_bytes"], 2 * 2 * 16 * 32 * 2);
  EXPECT_EQ(compute["sram_bytes_read"], 2 * 2 * 2 * 16 * 32 * 2);
  EXPECT_GT(compute["sram_mm2"], 0.0);
  EXPECT_GT(report["energy_pj"]["compute.signature_sram.leakage"], 0.0);
  EXPECT_GT(report["energy_pj"]["compute.ranking"], 0.0);
  EXPECT_EQ(run("tiny.json", {}, "mean_key")["modules"]["compute"]["sram_bytes"], 0);
}

/// Per head: what says which blocks were chosen, but for their order.
std::map<std::string, double> choice(const json& report) {
  std::map<std::string, double> out;
  for (const json& head : report["selection"]["by_head"]) {
    const std::string place = head["layer"].dump() + "/" + head["kv_head"].dump() + " ";
    for (const char* figure : {"recall_at_k", "attention_mass", "output_error", "engine_error"})
      out[place + figure] = head[figure].get<double>();
  }
  return out;
}

// The same blocks in the same order: then every bit of the outputs is the same, and so is each figure of each
// head.
TEST(Policies, ElectronicScansOfTheSameSignaturesEqualTheIdealPhotonicCore) {
  // A block is completed at step 1 and selected from at step 2.
  for (const Overrides& setting :
       {Overrides{"workload.steps=3", "workload.context_tokens=1920", "policy.k=3"},
        Overrides{"policy.sink_tokens=128", "policy.window_tokens=128"},
        Overrides{"policy.granularity=query_head"}, Overrides{"policy.signature_method=pca"}}) {
    const json prism = run("tiny.json", setting, "prism");
    for (const char* policy : {"mean_key", "sram", "near_memory"}) {
      const json report = run("tiny.json", setting, policy);
      EXPECT_EQ(choice(report), choice(prism)) << policy << setting.front();
      EXPECT_EQ(moved(report, "kv_read"), moved(prism, "kv_read")) << policy << setting.front();
    }
  }
}

// At full size: every head's list, of several sets of signatures; the lists are not those of another policy.
TEST(Policies, IdealPrismEqualsMeanKeyBlockForBlock) {
  const auto lists = [](const char* policy) {
    const json report = run("needles.json",
                            {"photonic.extends=photonic/ideal", "workload.context_tokens=16384",
                             "workload.model.layers=4", "workload.functional_heads=0"},
                            policy);
    std::map<std::string, json> out;
    for (const json& head : report["selection"]["by_head"])
      out[head["layer"].dump() + "/" + head["kv_head"].dump()] = head["blocks"];
    return out;
  };
  const auto prism = lists("prism");
  ASSERT_EQ(prism.size(), 16u);
  for (const auto& [head, blocks] : prism) EXPECT_EQ(blocks.size(), 32u) << head;
  EXPECT_EQ(prism, lists("mean_key"));
  EXPECT_NE(prism, lists("oracle"));
}

TEST(Policies, SignaturesOfNewBlocksAreKept) {
  const Overrides setting = {"workload.steps=130", "workload.context_tokens=256", "policy.k=1",
                             "workload.content.needles=0"};
  const json prism = run("tiny.json", setting, "prism");
  for (const char* policy : {"mean_key", "sram", "near_memory"}) {
    EXPECT_EQ(choice(run("tiny.json", setting, policy)), choice(prism)) << policy;
  }
  // Every page's bounds: 8 pages of 16 tokens in 130 steps, read and written once for each of 4 heads.
  const json quest = run("tiny.json", setting, "quest");
  EXPECT_EQ(moved(quest, "signature_write"), 4 * 8 * (16 + 2) * 64 * 2);
}

TEST(Policies, OracleFindsTheBestAndDenseLosesNothing) {
  const json oracle = run("tiny.json", {}, "oracle");
  EXPECT_EQ(oracle["selection"]["recall_at_k"], 1.0);
  const json dense = run("tiny.json", {}, "dense");
  EXPECT_EQ(dense["selection"]["output_error"], 0.0);
  EXPECT_LT(dense["selection"]["engine_error"], 0.004);  // bf16 rounding of the outputs
  // No choice of as many blocks keeps more attention.
  for (const char* policy : {"streaming", "mean_key", "prism"}) {
    EXPECT_LE(run("tiny.json", {}, policy)["selection"]["attention_mass"],
              oracle["selection"]["attention_mass"]);
  }
}

TEST(Policies, QuestFetchesAsManyTokensAsBlocksWould) {
  const json report = run("tiny.json", {"workload.steps=1"}, "quest");
  EXPECT_EQ(report["selection"]["blocks_total"], 2048 / 16);
  EXPECT_EQ(report["selection"]["blocks_selected"], 4 * 128 / 16);
  const json budget = run("tiny.json", {"workload.steps=1", "policy.budget_tokens=256"}, "quest");
  EXPECT_EQ(budget["selection"]["blocks_selected"], 256 / 16);
}

TEST(Policies, UnionOfQueryHeadsFetchesMore) {
  const Overrides by_query = {"policy.granularity=query_head"};
  for (const char* policy : {"quest", "mean_key", "prism"}) {
    const double pooled = run("tiny.json", {}, policy)["selection"]["blocks_selected"];
    const double merged = run("tiny.json", by_query, policy)["selection"]["blocks_selected"];
    EXPECT_GT(merged, pooled) << policy;
    EXPECT_LE(merged, 2 * pooled) << policy;
  }
}

TEST(Policies, PoolingByMaximumChoosesOtherBlocks) {
  for (const char* policy : {"quest", "mean_key"}) {
    EXPECT_NE(choice(run("tiny.json", {"policy.pooling=max"}, policy)), choice(run("tiny.json", {}, policy)));
  }
}

TEST(Policies, SinksAndWindowAreAlwaysFetched) {
  const Overrides setting = {"policy.sink_tokens=100", "policy.window_tokens=300", "workload.steps=1"};
  EXPECT_EQ(run("tiny.json", setting, "streaming")["selection"]["blocks_selected"], 1 + 3);
  EXPECT_EQ(run("tiny.json", setting, "mean_key")["selection"]["blocks_selected"], 1 + 3 + 4);
  EXPECT_EQ(run("tiny.json", setting, "mean_key")["selection"]["blocks_total"], 16 - 1 - 3);
}

TEST(Policies, OtherHeadsAttendToSinksAndWindow) {
  const Overrides half = {"workload.retrieval_share=0.5", "policy.sink_tokens=128", "workload.steps=1"};
  const json report = run("tiny.json", half, "mean_key");
  // One of two heads: 1 + 4 blocks; the other one: the sink.
  EXPECT_EQ(report["selection"]["blocks_selected"], (5 + 1) / 2.0);
  int retrieving = 0;
  for (const json& head : report["selection"]["by_head"]) retrieving += head["retrieves"].get<bool>() ? 1 : 0;
  EXPECT_EQ(retrieving, 2);
}

TEST(Policies, FirstLayersMayBeDense) {
  const json report = run("tiny.json", {"policy.dense_layers=1", "workload.steps=1"}, "quest");
  EXPECT_EQ(report["selection"]["blocks_selected"], (128 + 32) / 2.0);
}

TEST(Policies, SequencesMayDifferInLength) {
  const Overrides lengths = {"workload.batch=3", "workload.lengths_tokens=[2048,512]", "workload.steps=1"};
  const json report = run("tiny.json", lengths, "dense");
  constexpr double kBlock = 128 * 2 * 64 * 2;
  EXPECT_EQ(moved(report, "kv_read"), 4 * (16 + 4 + 16) * kBlock);
  EXPECT_EQ(report["selection"]["output_error"], 0.0);
  EXPECT_LT(report["selection"]["engine_error"], 0.004);
  const json prism = run("tiny.json", lengths, "prism");
  EXPECT_EQ(moved(prism, "bank_reload"), 4 * (16 + 4 + 16) * 64);
}

TEST(Policies, HeadsWithoutContentMoveTheSameBytes) {
  for (const char* policy : {"dense", "oracle", "quest", "mean_key", "sram", "near_memory", "prism"}) {
    const json all = run("tiny.json", {"workload.functional_heads=0"}, policy);
    const json one = run("tiny.json", {"workload.functional_heads=1"}, policy);
    EXPECT_EQ(one["hbm"]["bytes_by_purpose"], all["hbm"]["bytes_by_purpose"]) << policy;
    EXPECT_EQ(one["selection"]["by_head"].size(), 1u);
    EXPECT_EQ(one["selection"]["by_head"][0], all["selection"]["by_head"][0]) << policy;
  }
}

TEST(Policies, LatentAttentionReadsOneVectorAToken) {
  const Overrides latent = {"workload.model.kv_heads=1", "workload.model.head_dimension=72",
                            "workload.model.mla={\"query_rank\":32,\"kv_rank\":64,\"nope_dimension\":16,"
                            "\"rope_dimension\":8,\"value_dimension\":16}",
                            "workload.steps=2"};
  const json dense = run("tiny.json", latent, "dense");
  EXPECT_EQ(moved(dense, "kv_read"), 2 * (2 * 2048 + 1) * 72 * 2);
  EXPECT_EQ(moved(dense, "kv_append"), 2 * 2 * 72 * 2);
  EXPECT_LT(dense["selection"]["engine_error"], 0.004);
  const json prism = run("tiny.json", latent, "prism");
  EXPECT_EQ(moved(prism, "kv_read"), 2 * (2 * 4 * 128 + 1) * 72 * 2);
}

// A trace made here: two layers of two KV heads, 256 tokens and a step. Every key is small but for one
// block's, which the queries ask for, in F32.
TEST(Policies, ATraceIsWhatTheRunSees) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "trace.safetensors").string();
  constexpr int kTokens = 257, kDim = 64;
  json header;
  std::vector<float> data;
  for (int layer = 0; layer < 2; ++layer) {
    for (const char* part : {"k", "v", "q"}) {
      const int heads = *part == 'q' ? 4 : 2;
      const int rows = *part == 'q' ? 1 : kTokens;
      const std::size_t begin = data.size() * 4;
      for (int i = 0; i < heads * rows * kDim; ++i) {
        const int row = i / kDim % rows;
        const bool is_wanted = *part == 'k' && row >= 128 && row < 256;
        data.push_back(*part == 'q' ? 1.0f : is_wanted ? 0.5f : static_cast<float>(i % 7) / 64.0f);
      }
      header["layers." + std::to_string(layer) + "." + part] = {
          {"dtype", "F32"}, {"shape", {heads, rows, kDim}}, {"data_offsets", {begin, data.size() * 4}}};
    }
  }
  const std::string text = header.dump();
  const std::uint64_t size = text.size();
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(&size), 8);
  out << text;
  out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size() * 4));
  out.close();

  const Overrides trace = {"workload.content.kind=trace", "workload.content.trace_file=" + file,
                           "workload.context_tokens=256", "workload.steps=1", "policy.k=1"};
  for (const char* policy : {"oracle", "mean_key", "quest"}) {
    const json report = run("tiny.json", trace, policy);
    EXPECT_EQ(report["selection"]["recall_at_k"], 1.0) << policy;
    EXPECT_GT(report["selection"]["attention_mass"], 0.9) << policy;
    EXPECT_LT(report["selection"]["engine_error"], 0.004) << policy;
    EXPECT_TRUE(report["selection"]["needle_hit_rate"].is_null());
  }
}

}  // namespace
}  // namespace prism::test
