// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/projection.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "models/common/random.h"
#include "platform/workload/head_sample.h"

namespace prism::workload {

std::vector<Bfloat16> random_projection(std::uint64_t seed, std::uint32_t rows, std::uint32_t columns) {
  assert(rows <= columns);
  constexpr std::uint32_t kDomain = 0x574C0100u;
  const CounterRandom random(seed, kDomain);
  std::vector<std::vector<double>> basis;
  std::vector<Bfloat16> out;
  for (std::uint32_t r = 0; r < rows; ++r) {
    std::vector<double> row(columns);
    for (std::uint32_t c = 0; c < columns; ++c) {
      const CounterRandom::Words words = random.words(r, c);
      row[c] = CounterRandom::normal(words[0], words[1])[0];
    }
    // Twice: the second pass removes what rounding left of the earlier rows.
    for (int pass = 0; pass < 2; ++pass) {
      for (const std::vector<double>& earlier : basis) {
        const double along = std::inner_product(row.begin(), row.end(), earlier.begin(), 0.0);
        for (std::uint32_t c = 0; c < columns; ++c) row[c] -= along * earlier[c];
      }
    }
    const double norm = std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
    for (double& value : row) {
      value /= norm;
      out.push_back(bf16_from_float(static_cast<float>(value)));
    }
    basis.push_back(std::move(row));
  }
  return out;
}

std::vector<Bfloat16> identity_projection(std::uint32_t rows, std::uint32_t columns) {
  assert(rows <= columns);
  std::vector<Bfloat16> out(std::size_t{rows} * columns, Bfloat16{0});
  for (std::uint32_t r = 0; r < rows; ++r) out[std::size_t{r} * columns + r] = bf16_from_float(1.0f);
  return out;
}

namespace {

/// Mean keys of the complete blocks of at most kPcaHeads heads of the sample, one a column.
Eigen::MatrixXd mean_keys(const KvContent& content, const WorkloadConfig& workload,
                          std::uint32_t block_tokens) {
  constexpr std::size_t kPcaHeads = 28;
  constexpr std::uint32_t kPcaBlocks = 64;  // of a head, from its start
  const ModelShape& model = workload.model;
  const HeadSample sample(workload);
  std::vector<HeadIndex> heads;
  for (std::uint32_t number = 0; number < workload.batch * model.pairs() && heads.size() < kPcaHeads;
       ++number) {
    const std::uint32_t layer = number / model.kv_heads;
    const HeadIndex head{layer / model.layers, layer % model.layers, number % model.kv_heads};
    if (sample.contains(head)) heads.push_back(head);
  }
  std::vector<Bfloat16> keys(std::size_t{block_tokens} * model.head_dimension);
  std::vector<Eigen::VectorXd> columns;
  for (const HeadIndex& head : heads) {
    const std::uint32_t blocks = std::min(kPcaBlocks, workload.context_of(head.sequence) / block_tokens);
    for (std::uint32_t block = 0; block < blocks; ++block) {
      content.keys(head, block * block_tokens, keys);
      Eigen::VectorXd sum = Eigen::VectorXd::Zero(model.head_dimension);
      for (std::size_t i = 0; i < keys.size(); ++i) {
        sum[static_cast<Eigen::Index>(i % model.head_dimension)] += float_from_bf16(keys[i]);
      }
      columns.push_back(sum / block_tokens);
    }
  }
  Eigen::MatrixXd out(model.head_dimension, static_cast<Eigen::Index>(columns.size()));
  for (std::size_t i = 0; i < columns.size(); ++i) out.col(static_cast<Eigen::Index>(i)) = columns[i];
  return out;
}

}  // namespace

std::vector<Bfloat16> pca_projection(const KvContent& content, const WorkloadConfig& workload,
                                     std::uint32_t block_tokens, std::uint32_t rows) {
  const Eigen::MatrixXd keys = mean_keys(content, workload, block_tokens);
  if (keys.cols() == 0) return identity_projection(rows, workload.model.head_dimension);
  const Eigen::MatrixXd centred = keys.colwise() - keys.rowwise().mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centred * centred.transpose());
  std::vector<Bfloat16> out;
  for (std::uint32_t r = 0; r < rows; ++r) {
    // Eigenvalues come in increasing order.
    const Eigen::VectorXd direction = solver.eigenvectors().col(keys.rows() - 1 - r);
    for (const double value : direction) out.push_back(bf16_from_float(static_cast<float>(value)));
  }
  return out;
}

}  // namespace prism::workload
