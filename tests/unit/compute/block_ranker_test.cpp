// SPDX-License-Identifier: Apache-2.0
// Electronic ranking against plain loops, and RANK and BOUNDS commands in the engine.
#include "models/compute/block_ranker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/unit/compute/engine_fixture.h"
#include "tests/unit/compute/random_vectors.h"

namespace prism::compute::test {
namespace {

constexpr std::uint32_t kDimension = 16;
constexpr std::uint32_t kRows = 300;
constexpr std::uint32_t kHeads = 3;

double at(std::span<const Bfloat16> values, std::size_t index) {
  return static_cast<double>(float_from_bf16(values[index]));
}

/// The largest dot product with any vector between the row's bounds, by trying both ends of every element.
double bound_score(std::span<const Bfloat16> query, std::span<const Bfloat16> row) {
  double sum = 0.0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    sum += std::max(at(query, i) * at(row, i), at(query, i) * at(row, query.size() + i));
  }
  return sum;
}

double dot(std::span<const Bfloat16> query, std::span<const Bfloat16> row) {
  double sum = 0.0;
  for (std::size_t i = 0; i < query.size(); ++i) sum += at(query, i) * at(row, i);
  return sum;
}

std::vector<std::uint32_t> order(const std::vector<double>& scores, std::uint32_t k) {
  std::vector<std::uint32_t> out(scores.size());
  std::iota(out.begin(), out.end(), 0u);
  std::stable_sort(out.begin(), out.end(), [&](auto a, auto b) {
    return static_cast<float>(scores[a]) > static_cast<float>(scores[b]);
  });
  out.resize(k);
  return out;
}

std::vector<Bfloat16> bounds_rows() {
  std::vector<Bfloat16> rows;
  for (std::uint32_t page = 0; page < kRows; ++page) {
    const std::vector<Bfloat16> keys = random_vectors(100 + page, kDimension * 4);
    std::vector<Bfloat16> row(2 * kDimension);
    bounds(keys, kDimension, row);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return rows;
}

TEST(BlockRanker, RanksSignaturesByTheLargestOfAllQueries) {
  const std::vector<Bfloat16> rows = random_vectors(1, kRows * kDimension);
  const std::vector<Bfloat16> queries = random_vectors(2, kHeads * kDimension);
  BlockRanker ranker;
  ranker.start(queries, kHeads, kDimension, RowForm::kSignature, Pooling::kMax);
  // In pieces of other sizes than the arithmetic's own.
  EXPECT_EQ(ranker.add(std::span(rows).first(7 * kDimension)), 7u * kDimension * kHeads);
  ranker.add(std::span(rows).subspan(7 * kDimension));
  std::vector<double> scores(kRows, -1e30);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    for (std::uint32_t head = 0; head < kHeads; ++head) {
      scores[row] = std::max(scores[row], dot(std::span(queries).subspan(head * kDimension, kDimension),
                                              std::span(rows).subspan(row * kDimension, kDimension)));
    }
  }
  EXPECT_EQ(ranker.best(20), order(scores, 20));
}

TEST(BlockRanker, RanksBoundsByTheBestPossibleKey) {
  const std::vector<Bfloat16> rows = bounds_rows();
  const std::vector<Bfloat16> query = random_vectors(3, kDimension);
  BlockRanker ranker;
  ranker.start(query, 1, kDimension, RowForm::kBounds, Pooling::kMean);
  ranker.add(rows);
  std::vector<double> scores;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    scores.push_back(bound_score(query, std::span(rows).subspan(row * 2 * kDimension, 2 * kDimension)));
  }
  EXPECT_EQ(ranker.best(kRows), order(scores, kRows));
}

TEST(BlockRanker, BoundsHoldEveryKeyAndTouchOne) {
  const std::vector<Bfloat16> keys = random_vectors(4, kDimension * 9);
  std::vector<Bfloat16> row(2 * kDimension);
  bounds(keys, kDimension, row);
  for (std::size_t i = 0; i < kDimension; ++i) {
    double low = 1e30, high = -1e30;
    for (std::size_t key = 0; key < 9; ++key) {
      low = std::min(low, at(keys, key * kDimension + i));
      high = std::max(high, at(keys, key * kDimension + i));
    }
    EXPECT_EQ(at(row, i), low);
    EXPECT_EQ(at(row, kDimension + i), high);
  }
}

TEST(BlockRanker, EqualScoresGoToTheLowerRow) {
  const std::vector<Bfloat16> rows(8 * kDimension, bf16_from_float(0.5f));
  const std::vector<Bfloat16> query = random_vectors(5, kDimension);
  BlockRanker ranker;
  ranker.start(query, 1, kDimension, RowForm::kSignature, Pooling::kMean);
  ranker.add(rows);
  EXPECT_EQ(ranker.best(3), (std::vector<std::uint32_t>{0, 1, 2}));
}

// The engine.

constexpr std::uint64_t kRowsAt = TimedMemory::kBase;
constexpr std::uint64_t kQueryAt = TimedMemory::kBase + (1 << 20);
constexpr std::uint64_t kListAt = TimedMemory::kBase + (2 << 20);

class Signatures : public SignatureSource {
 public:
  std::vector<Bfloat16> rows = random_vectors(1, kRows* kDimension);
  std::span<const Bfloat16> signatures(std::uint32_t context) const override {
    return context == 5 ? std::span<const Bfloat16>(rows) : std::span<const Bfloat16>();
  }
};

class Countdown : public ExactOrder {
 public:
  std::vector<std::uint32_t> best(std::uint64_t head, std::uint32_t step, std::uint32_t first,
                                  std::uint32_t count, std::uint32_t k) const override {
    if (head != 5 || step != 2 || first != 4) return {};
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < k; ++i) out.push_back(count - 1 - i);
    return out;
  }
};

ComputeConfig ranking_config() {
  ComputeConfig config = EngineBench::small_config();
  config.ranker.sram.capacity_bytes = 1 << 20;
  config.ranker.mac_pj = 0.5;
  return config;
}

struct RankBench : EngineBench {
  RankBench() : EngineBench(ranking_config(), true, {.signatures = &signatures, .exact = &exact}) {
    memory.put(kRowsAt, signatures.rows);
    memory.put(kQueryAt, query);
    std::vector<double> scores;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      scores.push_back(dot(query, std::span(signatures.rows).subspan(row * kDimension, kDimension)));
    }
    expected = order(scores, 10);
  }

  void set_rank(std::uint32_t flags, std::uint64_t source, std::uint64_t first, std::uint32_t rows) {
    set(COMPUTE_OPCODE, COMPUTE_OP_RANK);
    set(COMPUTE_FLAGS, flags);
    set64(COMPUTE_SOURCE, source);
    set64(COMPUTE_QUERY, kQueryAt);
    set64(COMPUTE_DESTINATION, kListAt);
    set64(COMPUTE_BYTES, first);
    set(COMPUTE_COUNT, rows);
    set(COMPUTE_DIMENSION, kDimension);
    set(COMPUTE_HEADS, 1);
    set(COMPUTE_OUTPUT_DIMENSION, 10);
    set(COMPUTE_STEP, 2);
    set(COMPUTE_PURPOSE, PRISM_PURPOSE_SIGNATURE_SCAN);
  }

  std::vector<std::uint32_t> list() const {
    const std::vector<Bfloat16> halves = memory.get(kListAt, 20);
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < halves.size(); i += 2) out.push_back(halves[i] | halves[i + 1] << 16);
    return out;
  }

  Signatures signatures;
  Countdown exact;
  std::vector<Bfloat16> query = random_vectors(6, kDimension);
  std::vector<std::uint32_t> expected;
};

constexpr std::uint64_t kScanned = kRows * kDimension * 2;

TEST(Rank, OverTheBusReadsEverySignature) {
  RankBench bench;
  bench.run([&] {
    bench.set_rank(0, kRowsAt, 0, kRows);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    EXPECT_EQ(bench.list(), bench.expected);
    EXPECT_EQ(bench.memory.bytes(Purpose::kSignatureScan, false), kScanned);
    EXPECT_EQ(bench.statistics()["ranking_macs"], kRows * kDimension);
  });
}

TEST(Rank, NearMemoryReadsThemPastTheBus) {
  RankBench bench;
  bench.run([&] {
    bench.set_rank(COMPUTE_RANK_NEAR_MEMORY, kRowsAt, 0, kRows);
    const Picoseconds time = bench.execute();
    EXPECT_EQ(bench.list(), bench.expected);
    EXPECT_EQ(bench.memory.bytes(Purpose::kSignatureScan, false), 0u);
    EXPECT_EQ(bench.statistics()["near_memory_bytes"], kScanned);
    EXPECT_GT(time, ranking_config().ranker.near_memory.latency_ps);
  });
}

TEST(Rank, SramHoldsTheSignaturesAndTakesNewOnes) {
  RankBench bench;
  bench.run([&] {
    bench.set_rank(COMPUTE_RANK_SRAM, 5, 0, kRows);
    bench.execute();
    EXPECT_EQ(bench.list(), bench.expected);
    EXPECT_EQ(bench.memory.bytes(Purpose::kSignatureScan, false), 0u);
    EXPECT_EQ(bench.statistics()["sram_bytes_read"], kScanned);

    // A row beyond those it holds is an error of the guest's.
    bench.set_rank(COMPUTE_RANK_SRAM, 5, 1, kRows);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_ARGUMENT);
    bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);

    // A sketch of the query itself through the identity: the best row of all.
    std::vector<Bfloat16> identity(kDimension * kDimension);
    for (std::size_t i = 0; i < kDimension; ++i) identity[i * kDimension + i] = bf16_from_float(100.0f);
    bench.memory.put(kRowsAt + (3 << 20), identity);
    bench.set(COMPUTE_OPCODE, COMPUTE_OP_SKETCH);
    bench.set(COMPUTE_FLAGS, COMPUTE_SKETCH_TO_SRAM);
    bench.set64(COMPUTE_SOURCE, kQueryAt);
    bench.set64(COMPUTE_QUERY, kRowsAt + (3 << 20));
    bench.set64(COMPUTE_DESTINATION, 5);
    bench.set64(COMPUTE_BYTES, kRows);
    bench.set(COMPUTE_COUNT, 1);
    bench.set(COMPUTE_OUTPUT_DIMENSION, kDimension);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    bench.set_rank(COMPUTE_RANK_SRAM, 5, 1, kRows);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_NONE);
    EXPECT_EQ(bench.list().front(), kRows - 1);
  });
}

TEST(Rank, ExactOrderComesFromTheWorkload) {
  RankBench bench;
  bench.run([&] {
    bench.set_rank(COMPUTE_RANK_EXACT, 5, 4, kRows);
    bench.execute();
    EXPECT_EQ(bench.list().front(), kRows - 1);
    EXPECT_EQ(bench.memory.bytes(Purpose::kSignatureScan, false), 0u);
    bench.set_rank(COMPUTE_RANK_EXACT, 6, 4, kRows);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_ARGUMENT);
  });
}

TEST(Rank, BadArgumentsAndBusErrorsStopTheEngine) {
  RankBench bench;
  bench.run([&] {
    bench.set_rank(0, kRowsAt, 0, 9);  // k = 10
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_ARGUMENT);
    bench.set(COMPUTE_CONTROL, COMPUTE_CONTROL_RESET);
    bench.memory.bad_address = kRowsAt + 100;
    bench.set_rank(0, kRowsAt, 0, kRows);
    bench.execute();
    EXPECT_EQ(bench.get(COMPUTE_ERROR), COMPUTE_ERROR_BUS);
  });
}

}  // namespace
}  // namespace prism::compute::test
