// SPDX-License-Identifier: Apache-2.0
// The whole SoC under real firmware, against closed forms. configs/tiny.json: 2 layers, 2 KV heads and 4
// query heads of dimension 64, 2048 tokens in blocks of 128, 2 steps, prism with k = 4.
#include <gtest/gtest.h>

#include "tests/integration/platform/run_in_child.h"

namespace prism::test {
namespace {

using nlohmann::json;
using Overrides = std::vector<std::string>;

constexpr std::uint64_t kHeads = 2 * 2;            // layers x KV heads
constexpr std::uint64_t kTokenBytes = 2 * 64 * 2;  // key and value, bf16
constexpr std::uint64_t kBlockBytes = 128 * kTokenBytes;
constexpr std::uint64_t kSignatureBytes = 32 * 2;

std::uint64_t moved(const json& report, const char* purpose) {
  return report.at("hbm").at("bytes_by_purpose").at(purpose).get<std::uint64_t>();
}

TEST(Platform, DecodesToTheEnd) {
  const json report = run_in_child("tiny.json", {});
  EXPECT_EQ(report["outcome"]["exit_code"], 0) << report["outcome"];
  EXPECT_EQ(report["decode"]["steps_done"], 2);
  EXPECT_GT(report["decode"]["time_per_step_ns"], 0.0);
}

TEST(Platform, EveryByteHasAPurposeAndTheSumsClose) {
  for (const char* policy : {"policy.name=dense", "policy.name=prism"}) {
    const json report = run_in_child("tiny.json", {policy, "workload.batch=3", "policy.window_tokens=200"});
    EXPECT_TRUE(report["traffic_check"]["closes"].get<bool>()) << report["traffic_check"].dump(1);
    std::uint64_t sum = 0;
    for (const auto& [purpose, bytes] : report["hbm"]["bytes_by_purpose"].items())
      sum += bytes.get<std::uint64_t>();
    EXPECT_EQ(sum, report["hbm"]["bytes_read"].get<std::uint64_t>() +
                       report["hbm"]["bytes_written"].get<std::uint64_t>());
    EXPECT_EQ(sum, report["modules"]["dma"]["bytes_read"]["kv_read"].get<std::uint64_t>() +
                       moved(report, "weights") + moved(report, "kv_append") +
                       moved(report, "signature_write") + moved(report, "bank_reload") +
                       moved(report, "other"));
  }
}

// Traffic in closed form: step s reads every complete block (dense) or k of them, and the s tokens appended
// before it.
TEST(Platform, DenseTrafficIsEveryToken) {
  const json report = run_in_child("tiny.json", {"policy.name=dense"});
  EXPECT_EQ(moved(report, "kv_read"), kHeads * (2 * 16 * kBlockBytes + 1 * kTokenBytes));
  EXPECT_EQ(moved(report, "kv_append"), kHeads * 2 * kTokenBytes);
  EXPECT_EQ(moved(report, "bank_reload"), 0u);
  // QKV, output projection, gated FFN, two norms a layer; final norm and output head. Hidden 256, FFN 512.
  const std::uint64_t layer = 256 * (256 + 2 * 128) + 256 * 256 + 3 * 256 * 512 + 2 * 256;
  const std::uint64_t parameters = 2 * layer + 256 + 1024 * 256;
  EXPECT_NEAR(static_cast<double>(moved(report, "weights")), 2.0 * 2 * parameters, 2.0 * 2 * 2 * 512);
}

TEST(Platform, PrismTrafficIsTheBestBlocks) {
  const json report = run_in_child("tiny.json", {});
  EXPECT_EQ(moved(report, "kv_read"), kHeads * (2 * 4 * kBlockBytes + 1 * kTokenBytes));
  EXPECT_EQ(moved(report, "bank_reload"), kHeads * 2 * 16 * kSignatureBytes);
  EXPECT_EQ(report["selection"]["blocks_total"], 16);
  EXPECT_EQ(report["selection"]["blocks_selected"], 4.0);
}

// Queued layer by layer, the engines do what they do when the CPU starts each piece of work.
TEST(Platform, ChainedDispatchDoesTheSameWorkSooner) {
  const std::vector<Overrides> cases = {
      {},
      {"policy.name=dense", "policy.chunk_blocks=3", "workload.batch=2"},
      {"policy.window_tokens=200", "workload.batch=5", "photonic.queue_depth=2"},
      {"dma.channels=1", "policy.k=9"},
      {"workload.model.kv_heads=20", "workload.model.query_heads=40", "policy.fetch_channels=1"},
      {"policy.name=streaming", "policy.sink_tokens=200", "policy.window_tokens=700", "workload.steps=130"},
      {"policy.sink_tokens=100", "policy.window_tokens=300", "policy.k=9", "workload.model.layers=5"},
      {"workload.lengths_tokens=[2048,768,128,1280]", "workload.batch=4", "policy.sink_tokens=128"},
      {"policy.dense_layers=1", "workload.retrieval_share=0.5", "policy.window_tokens=256",
       "workload.model.layers=4"}};
  for (Overrides overrides : cases) {
    SCOPED_TRACE(testing::PrintToString(overrides));
    const json driven = run_in_child("tiny.json", overrides);
    overrides.push_back("policy.dispatch=chained");
    const json chained = run_in_child("tiny.json", overrides);
    EXPECT_EQ(chained["outcome"]["exit_code"], 0) << chained["outcome"];
    EXPECT_EQ(chained["selection"], driven["selection"]);  // the outputs' error included
    EXPECT_EQ(chained["hbm"]["bytes_by_purpose"], driven["hbm"]["bytes_by_purpose"]);
    EXPECT_TRUE(chained["traffic_check"]["closes"].get<bool>());
    EXPECT_LT(chained["decode"]["time_per_step_ns"], driven["decode"]["time_per_step_ns"]);
    EXPECT_LT(chained["modules"]["cpu"]["busy_ns"], driven["modules"]["cpu"]["busy_ns"]);
  }
}

// 300 tokens fill 18 blocks of 16: their signatures are computed by the DMA engine, or by the compute engine,
// and the new blocks can be selected. With room for every block, all are, so a wrong signature or a lost
// token would show in the output's error against exact attention.
TEST(Platform, AppendedBlocksAreSignedAndSelected) {
  const Overrides common = {"workload.context_tokens=64", "workload.steps=300", "policy.block_tokens=16",
                            "policy.k=3"};
  for (const char* placement : {"hbm", "sram"}) {
    Overrides overrides = common;
    overrides.push_back(std::string("photonic.store.placement=") + placement);
    const json driven = run_in_child("tiny.json", overrides);
    overrides.push_back("policy.dispatch=chained");
    const json chained = run_in_child("tiny.json", overrides);
    EXPECT_EQ(chained["selection"], driven["selection"]) << placement;
    EXPECT_EQ(chained["hbm"]["bytes_by_purpose"], driven["hbm"]["bytes_by_purpose"]) << placement;
    EXPECT_EQ(chained["selection"]["blocks_total"], 22);
  }
  Overrides all = common;
  all.back() = "policy.k=64";
  all.push_back("policy.dispatch=chained");
  const json exact = run_in_child("tiny.json", all);
  EXPECT_LT(exact["selection"]["output_error"].get<double>(), 0.02);
  EXPECT_EQ(exact["selection"]["recall_at_k"], 1.0);
}

TEST(Platform, LimitsOfDmaChannelsTakeEffect) {
  const auto time = [](const Overrides& more) {
    Overrides overrides = {"policy.dispatch=chained", "policy.k=16"};
    overrides.insert(overrides.end(), more.begin(), more.end());
    return run_in_child("tiny.json", overrides)["modules"]["dma"]["kv_read_ns"].get<double>();
  };
  const double free = time({});
  EXPECT_GT(time({"dma.bandwidth_limits_mbps=[1000,0,1000,1000]"}), 10 * free);
  EXPECT_GT(time({"dma.outstanding_limits=[1,1,1,1]"}), 1.5 * free);
  EXPECT_GT(time({"policy.fetch_channels=1"}), 1.05 * free);
}

// What docs/firmware.md says of a step: also of what the real instructions cost.
TEST(Platform, ChainedDecodeKeepsTheHbmBusy) {
#ifdef PRISM_HAVE_RISCV
  const json report =
      run_in_child("decode_64k_chained.json", {"workload.functional_heads=1", "cpu.model=rv64"});
#else
  const json report = run_in_child("decode_64k_chained.json", {"workload.functional_heads=1"});
#endif
  const double step = report["decode"]["time_per_step_ns"].get<double>();
  const json& modules = report["modules"];
  EXPECT_GE(modules["dma"]["kv_read_gbps"].get<double>(), 0.8 * report["hbm"]["peak_gbps"].get<double>());
  EXPECT_LT(modules["cpu"]["busy_ns"].get<double>(), 0.02 * step);
  EXPECT_LE(step, 1.1 * modules["hbm"]["busy_ns"].get<double>());
  EXPECT_TRUE(report["traffic_check"]["closes"].get<bool>());
}

TEST(Platform, WindowIsReadOnTopOfTheSelection) {
  const json report = run_in_child("tiny.json", {"policy.window_tokens=256", "workload.steps=1"});
  EXPECT_EQ(moved(report, "kv_read"), kHeads * (4 + 2) * kBlockBytes);
  EXPECT_EQ(moved(report, "bank_reload"), kHeads * 14 * kSignatureBytes);
}

TEST(Platform, KIsCappedAndTheReportSaysSo) {
  const json report = run_in_child("tiny.json", {"policy.k=100", "workload.steps=1"});
  EXPECT_EQ(moved(report, "kv_read"), kHeads * 16 * kBlockBytes);
  EXPECT_TRUE(report["selection"]["k_capped"].get<bool>());
  EXPECT_EQ(report["selection"]["k_requested"], 100);
  EXPECT_FALSE(run_in_child("tiny.json", {})["selection"]["k_capped"].get<bool>());
}

// 130 steps close a block: its keys are read once more and its signature stored; later steps can choose it.
TEST(Platform, AppendedTokensCloseBlocks) {
  const json report = run_in_child("tiny.json", {"workload.steps=130", "workload.context_tokens=512"});
  EXPECT_EQ(moved(report, "signature_write"), kHeads * (128 * 64 * 2 + kSignatureBytes));
  EXPECT_EQ(moved(report, "kv_append"), kHeads * 130 * kTokenBytes);
  EXPECT_EQ(report["selection"]["blocks_total"], 5);
  // Ranked blocks: 4 before the block closes in step 127, 5 in steps 128 and 129.
  EXPECT_EQ(moved(report, "bank_reload"), kHeads * (128 * 4 + 2 * 5) * kSignatureBytes);
  EXPECT_LT(report["selection"]["engine_error"].get<double>(), 0.01);
}

// Outputs as the compute engine left them in the scratchpad, against double precision over the same bytes.
TEST(Platform, AttentionMatchesTheReference) {
  for (const char* policy : {"policy.name=dense", "policy.name=prism"}) {
    const json report = run_in_child("tiny.json", {policy, "workload.batch=2"});
    const double bf16_step = 1.0 / 256;
    EXPECT_LT(report["selection"]["engine_error"].get<double>(), bf16_step) << policy;
    EXPECT_GT(report["selection"]["engine_error"].get<double>(), 0.0) << policy;
  }
}

TEST(Platform, DenseIsExact) {
  const json selection = run_in_child("tiny.json", {"policy.name=dense"})["selection"];
  EXPECT_EQ(selection["recall_at_k"], 1.0);
  EXPECT_EQ(selection["attention_mass"], 1.0);
  EXPECT_EQ(selection["output_error"], 0.0);
}

TEST(Platform, SelectionLosesAndTheReportSaysSo) {
  const json selection = run_in_child("tiny.json", {})["selection"];
  EXPECT_LT(selection["attention_mass"].get<double>(), 1.0);
  EXPECT_GT(selection["output_error"].get<double>(), 0.0);
}

TEST(Platform, SameConfigurationSameReport) {
  json first = run_in_child("tiny.json", {});
  json second = run_in_child("tiny.json", {});
  first.erase("simulation");
  second.erase("simulation");
  EXPECT_EQ(first.dump(), second.dump());
  json other = run_in_child("tiny.json", {"seed=2"});
  other.erase("simulation");
  EXPECT_NE(first["selection"].dump(), other["selection"].dump());
}

TEST(Platform, ARunPastItsLimitFails) {
  const json report = run_in_child("tiny.json", {"run.max_simulated_ms=0.002"});
  EXPECT_EQ(report["outcome"]["exit_code"], 1);
  EXPECT_NE(report["outcome"]["failure"].get<std::string>().find("max_simulated_ms"), std::string::npos);
}

// Energy of the optical core in closed form: evaluations x 8.9 ns x milliwatts, and the cooler over the whole
// run.
TEST(Platform, PhotonicEnergyFollowsTheTables) {
  const json report = run_in_child("tiny.json", {"workload.steps=1"});
  const double evaluations = report["modules"]["photonic"]["evaluations"].get<double>();
  EXPECT_EQ(evaluations, static_cast<double>(kHeads));
  EXPECT_NEAR(report["energy_pj"]["photonic.laser"].get<double>(), evaluations * 8.9 * 20.0, 1e-6);
  EXPECT_NEAR(report["energy_pj"]["photonic.cooler"].get<double>(),
              report["simulation"]["simulated_ns"].get<double>() * 1000.0, 1e-3);
}

}  // namespace
}  // namespace prism::test
