// SPDX-License-Identifier: Apache-2.0
// The decode loop against labelled vectors: every attention sees exactly the tokens it should, whatever the
// order in which devices finish.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "prism/hw/purpose.h"
#include "tests/firmware/decode_fixture.h"

namespace prism::test {

void PrintTo(const DecodeCase& test_case, std::ostream* out) {
  *out << test_case.name;
}

namespace {

class Decode : public testing::TestWithParam<DecodeCase> {
 protected:
  /// Calls `body(step, head)` for every head of every step, in the order of decoding.
  template <typename Body>
  static void for_each_head(const prism_job& job, Body body) {
    for (std::uint32_t step = 0; step < job.steps; ++step) {
      Label head;
      for (head.layer = 0; head.layer < job.layers; ++head.layer) {
        for (head.sequence = 0; head.sequence < job.batch; ++head.sequence) {
          for (head.head = 0; head.head < job.kv_heads; ++head.head) body(step, head);
        }
      }
    }
  }

  static std::uint32_t window_blocks(const prism_job& job, std::uint32_t complete) {
    return job.policy == PRISM_POLICY_DENSE ? complete : std::min((job.window_tokens + 7) / 8, complete);
  }

  static std::vector<std::uint16_t> sorted_tokens(const std::vector<Label>& labels) {
    std::vector<std::uint16_t> tokens;
    for (const Label& label : labels) tokens.push_back(label.token);
    std::sort(tokens.begin(), tokens.end());
    return tokens;
  }
};

TEST_P(Decode, EveryAttentionSeesItsTokens) {
  DecodeMachine system(GetParam());
  ASSERT_EQ(system.run(), PRISM_STATUS_OK);
  const prism_job& job = system.job;
  auto attention = system.compute.attentions.begin();
  auto ranking = system.photonic.rankings.begin();
  const auto outputs_base = system.compute.attentions.at(0).destination;

  for_each_head(job, [&](std::uint32_t step, Label head) {
    ASSERT_NE(attention, system.compute.attentions.end());
    const std::uint32_t tokens = job.context_tokens + step;
    const std::uint32_t complete = tokens / 8;
    const std::uint32_t rankable = complete - window_blocks(job, complete);

    std::set<std::uint32_t> blocks;
    for (std::uint32_t block = rankable; block < complete; ++block) blocks.insert(block);
    if (rankable > 0) {
      ASSERT_NE(ranking, system.photonic.rankings.end());
      EXPECT_EQ(ranking->best.size(), std::min(job.k, rankable));
      blocks.insert(ranking->best.begin(), ranking->best.end());
      ++ranking;
    }
    std::vector<std::uint16_t> expected;
    for (const std::uint32_t block : blocks) {
      for (std::uint32_t i = 0; i < 8; ++i) expected.push_back(static_cast<std::uint16_t>(block * 8 + i));
    }
    for (std::uint32_t token = complete * 8; token <= tokens; ++token) {
      expected.push_back(static_cast<std::uint16_t>(token));
    }
    EXPECT_EQ(sorted_tokens(attention->keys), expected);

    ASSERT_EQ(attention->keys.size(), attention->values.size());
    for (std::size_t i = 0; i < attention->keys.size(); ++i) {
      const std::uint16_t token = attention->keys[i].token;
      EXPECT_EQ(attention->keys[i], (Label{Kind::kKey, head.sequence, head.layer, head.head, token}));
      EXPECT_EQ(attention->values[i], (Label{Kind::kValue, head.sequence, head.layer, head.head, token}));
    }
    ASSERT_EQ(attention->queries.size(), 3u);
    for (std::uint16_t i = 0; i < 3; ++i) {
      const auto query_head = static_cast<std::uint16_t>(head.head * 3 + i);
      EXPECT_EQ(attention->queries[i], (Label{Kind::kQuery, head.sequence, head.layer, query_head,
                                              static_cast<std::uint16_t>(tokens)}));
    }
    EXPECT_EQ(attention->destination, outputs_base + (head.sequence * 6 + head.head * 3) * 32);
    ++attention;
  });
  EXPECT_EQ(attention, system.compute.attentions.end());
  EXPECT_EQ(ranking, system.photonic.rankings.end());
}

TEST_P(Decode, RankingsUseTheHeadsOwnSignatures) {
  DecodeMachine system(GetParam());
  ASSERT_EQ(system.run(), PRISM_STATUS_OK);
  const prism_job& job = system.job;
  std::size_t next = 0;
  for_each_head(job, [&](std::uint32_t step, Label head) {
    const std::uint32_t complete = (job.context_tokens + step) / 8;
    const std::uint32_t rankable = complete - window_blocks(job, complete);
    if (rankable == 0) return;
    ASSERT_LT(next, system.photonic.rankings.size());
    const Ranking& ranking = system.photonic.rankings[next];
    EXPECT_EQ(system.photonic.contexts[next], system.head_index(head));
    ++next;
    ASSERT_EQ(ranking.signatures.size(), rankable);
    for (std::uint32_t block = 0; block < rankable; ++block) {
      EXPECT_EQ(ranking.signatures[block], (Label{Kind::kSignature, head.sequence, head.layer, head.head,
                                                  static_cast<std::uint16_t>(block * 8), 8}));
    }
    EXPECT_EQ(ranking.query,
              (Label{Kind::kQuerySketch, head.sequence, head.layer, static_cast<std::uint16_t>(head.head * 3),
                     static_cast<std::uint16_t>(job.context_tokens + step), 3}));
  });
  EXPECT_EQ(next, system.photonic.rankings.size());
}

TEST_P(Decode, AppendsTokensAndClosesBlocks) {
  DecodeMachine system(GetParam());
  ASSERT_EQ(system.run(), PRISM_STATUS_OK);
  const prism_job& job = system.job;
  for_each_head(job, [&](std::uint32_t step, Label vector) {
    vector.token = static_cast<std::uint16_t>(job.context_tokens + step);
    for (const Kind kind : {Kind::kKey, Kind::kValue}) {
      vector.kind = kind;
      EXPECT_EQ(system.machine.get<Label>(system.kv_address(vector)), vector);
    }
    if (job.policy == PRISM_POLICY_DENSE || vector.token % 8 != 7) return;
    const Label signature{Kind::kSignature,
                          vector.sequence,
                          vector.layer,
                          vector.head,
                          static_cast<std::uint16_t>(vector.token - 7),
                          8};
    if (GetParam().on_chip) {
      const auto context = static_cast<std::uint32_t>(system.head_index(signature));
      EXPECT_EQ(system.photonic.on_chip[context].at(signature.token / 8), signature);
    } else {
      EXPECT_EQ(system.machine.get<Label>(system.signature_address(signature)), signature);
    }
  });
}

TEST_P(Decode, MovesNoByteTwiceAndTagsEach) {
  DecodeMachine system(GetParam());
  ASSERT_EQ(system.run(), PRISM_STATUS_OK);
  const prism_job& job = system.job;
  std::map<std::uint32_t, std::uint64_t> bytes;
  for (const dma_descriptor& descriptor : system.dma.executed) {
    if (descriptor.opcode == DMA_OP_NOP) continue;
    const std::uint64_t planes = descriptor.opcode == DMA_OP_APPEND ? 2 : 1;
    bytes[descriptor.purpose] += descriptor.bytes * planes * std::max(descriptor.count, 1u);
  }
  // Every attended token but the new one has been read once; every new one appended once.
  std::uint64_t read = 0;
  for (const Attention& attention : system.compute.attentions) read += (attention.keys.size() - 1) * 64;
  const std::uint64_t heads = std::uint64_t{job.steps} * job.layers * job.batch * job.kv_heads;
  EXPECT_EQ(bytes[PRISM_PURPOSE_KV_READ], read);
  EXPECT_EQ(bytes[PRISM_PURPOSE_KV_APPEND], heads * 64);
  EXPECT_EQ(bytes[PRISM_PURPOSE_OTHER], job.policy == PRISM_POLICY_DENSE ? 0u : 8u * 32u);
}

TEST_P(Decode, StreamsTheWeightsOncePerStep) {
  DecodeMachine system(GetParam());
  ASSERT_EQ(system.run(), PRISM_STATUS_OK);
  const prism_job& job = system.job;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> streamed;
  for (const ComputeCommand& command : system.compute.executed) {
    if (command.opcode != COMPUTE_OP_GEMV && command.opcode != COMPUTE_OP_PROJECT_QKV) continue;
    EXPECT_EQ(command.count, job.batch);
    EXPECT_EQ(command.purpose, PRISM_PURPOSE_WEIGHTS);
    streamed.emplace_back(command.source, command.bytes);
  }
  ASSERT_EQ(streamed.size(), job.steps * 5u);
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < streamed.size(); ++i) {
    if (i % 5 == 0) next = job.weights_base;
    EXPECT_EQ(streamed[i].first, next);
    next += streamed[i].second;
    if (i % 5 == 4) {
      EXPECT_EQ(next - job.weights_base, 2 * 4000u + 500u);
    }
  }
}

TEST_P(Decode, PublishesWhatItDid) {
  DecodeMachine system(GetParam());
  ASSERT_EQ(system.run(), PRISM_STATUS_OK);
  const prism_job after = system.job_after();
  const std::uint32_t complete = (after.context_tokens + after.steps - 1) / 8;
  const std::uint32_t window = window_blocks(after, complete);
  EXPECT_EQ(after.steps_done, after.steps);
  EXPECT_EQ(after.result, 0u);
  EXPECT_EQ(after.blocks_ranked, complete - window);
  EXPECT_EQ(after.blocks_selected, window + std::min(after.k, complete - window));
  EXPECT_EQ(after.outputs_address, system.compute.attentions.at(0).destination);
  EXPECT_LE(system.compute.most_queued, 4u);
}

std::vector<DecodeCase> cases() {
  std::vector<DecodeCase> list = {
      {.name = "prism"},
      {.name = "prism_closes_blocks", .context_tokens = 61, .steps = 12},
      {.name = "prism_window", .context_tokens = 70, .steps = 4, .window_tokens = 17},
      {.name = "prism_window_covers_all", .context_tokens = 20, .window_tokens = 64},
      {.name = "prism_k_above_all", .context_tokens = 32, .k = 100},
      {.name = "prism_batch", .context_tokens = 47, .steps = 3, .batch = 3, .window_tokens = 8},
      {.name = "prism_one_channel", .context_tokens = 63, .batch = 2, .dma_channels = 1},
      {.name = "prism_large_chunks", .context_tokens = 60, .k = 5, .window_tokens = 16, .chunk_blocks = 32},
      {.name = "prism_tiny_chunks", .context_tokens = 60, .k = 5, .window_tokens = 24, .chunk_blocks = 1},
      {.name = "prism_empty_context", .context_tokens = 0, .steps = 20},
      {.name = "prism_on_chip", .context_tokens = 61, .steps = 12, .batch = 2, .on_chip = true},
      {.name = "dense", .policy = PRISM_POLICY_DENSE, .context_tokens = 84, .steps = 6},
      {.name = "dense_batch_ring_wrap",
       .policy = PRISM_POLICY_DENSE,
       .steps = 8,
       .batch = 20,
       .chunk_blocks = 3},
      {.name = "dense_empty_context", .policy = PRISM_POLICY_DENSE, .context_tokens = 0, .steps = 9},
  };
  const std::size_t plain = list.size();
  for (std::size_t i = 0; i < plain; ++i) {
    for (std::uint32_t seed = 2; seed <= 4; ++seed) {
      DecodeCase copy = list[i];
      copy.seed = seed;
      copy.eager = seed == 4;
      copy.name += copy.eager ? "_eager" : "_seed" + std::to_string(seed);
      list.push_back(copy);
    }
  }
  // The same work queued at once, or with a short queue in the photonic core layer by layer.
  const std::size_t driven = list.size();
  for (std::size_t i = 0; i < driven; ++i) {
    DecodeCase copy = list[i];
    copy.chained = true;
    copy.queue_depth = copy.seed % 2 == 0 ? 8 : 512;
    copy.name += "_chained";
    list.push_back(copy);
  }
  return list;
}

INSTANTIATE_TEST_SUITE_P(Cases, Decode, testing::ValuesIn(cases()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace prism::test
