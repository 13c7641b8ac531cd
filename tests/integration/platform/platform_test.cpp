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
