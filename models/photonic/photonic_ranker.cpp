// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/photonic_ranker.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "models/photonic/check.h"
#include "models/photonic/normal.h"

namespace prism::photonic {

namespace {

double sum_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double intensity_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double sum, float value) { return sum + std::abs(static_cast<double>(value)); });
}

}  // namespace

PhotonicRanker::PhotonicRanker(std::uint32_t rows, std::uint32_t wavelengths, const PhysicsConfig& config)
    : wavelengths_(wavelengths),
      config_(config),
      ideal_(is_ideal(config)),
      row_map_(rows, config.spare_rows),
      faults_(row_map_.physical_rows(), wavelengths),
      bank_(rows, wavelengths, config),
      link_(config.link, row_map_.physical_rows(), wavelengths),
      detector_(config.detector, link_, wavelengths),
      adc_(config.adc),
      encoder_(config.query),
      exact_(wavelengths) {
  for (const Fault& fault : config.faults) faults_.add(fault);
}

void PhotonicRanker::load(std::span<const Bfloat16> signatures, Picoseconds now) {
  assert(signatures.size() % wavelengths_ == 0);
  signatures_.assign(signatures.begin(), signatures.end());
  blocks_ = static_cast<std::uint32_t>(signatures.size() / wavelengths_);
  program(now);
}

void PhotonicRanker::unload() {
  blocks_ = 0;
  exact_.unload();
}

void PhotonicRanker::program(Picoseconds now) {
  if (exact()) return exact_.load(signatures_);
  values_.resize(blocks_, wavelengths_);
  largest_ = 0.0f;
  for (std::uint32_t block = 0; block < blocks_; ++block) {
    for (std::uint32_t ring = 0; ring < wavelengths_; ++ring) {
      const float value = float_from_bf16(signatures_[std::size_t{block} * wavelengths_ + ring]);
      values_(block, ring) = value;
      largest_ = std::max(largest_, std::abs(value));
    }
  }
  if (largest_ > 0.0f) values_ /= largest_;
  std::vector<std::uint32_t> rows(blocks_);
  for (std::uint32_t block = 0; block < blocks_; ++block)
    rows[block] = row_map_.physical(block % row_map_.rows());
  bank_.program(values_, std::move(rows), faults_);

  const auto centre = static_cast<float>(bank_.map().offset);
  Eigen::ArrayXf squares = Eigen::ArrayXf::Zero(blocks_);
  for (Eigen::Index ring = 0; ring < wavelengths_; ++ring)
    squares += (bank_.nominal().col(ring) - centre).square();
  longest_ = std::sqrt(blocks_ > 0 ? squares.maxCoeff() : 0.0f);
  if (config_.query.encoding == QueryEncoding::kOffset) set_corrections(now);
}

void PhotonicRanker::set_corrections(Picoseconds now) {
  corrections_.assign(blocks_, 0.0f);
  if (config_.query.correction == OffsetCorrection::kMeasured) {
    const std::vector<float> half(wavelengths_, 0.5f);
    std::uint32_t clipped = 0;
    corrections_ = pass(half, blocks_, now, clipped);
    for (float& correction : corrections_) correction *= 2.0f;
    return;
  }
  Eigen::Map<Eigen::ArrayXf> sums(corrections_.data(), blocks_);
  for (Eigen::Index ring = 0; ring < wavelengths_; ++ring) sums += bank_.nominal().col(ring);
}

std::vector<float> PhotonicRanker::pass(std::span<const float> intensities, std::uint32_t count,
                                        Picoseconds now, std::uint32_t& clipped) {
  const Eigen::ArrayXXf& weights = bank_.weights(now);
  std::vector<float> readings(count);
  Eigen::Map<Eigen::ArrayXf> sums(readings.data(), count);
  for (Eigen::Index line = 0; line < wavelengths_; ++line)
    sums += weights.col(line).head(count) * intensities[line];
  if (faults_.any()) {
    for (std::uint32_t block = 0; block < count; ++block) {
      if (faults_.dead(row_map_.physical(block % row_map_.rows()))) readings[block] = 0.0f;
    }
  }
  if (const double noise = detector_.noise_lines(intensity_of(intensities)); noise > 0.0) {
    std::vector<float> normal(count);
    fill_normal(random_of(config_.seed, RandomDomain::kDetection), passes_, normal);
    sums += Eigen::Map<const Eigen::ArrayXf>(normal.data(), count) * static_cast<float>(noise);
  }
  ++passes_;
  clipped += adc_.digitise(readings, adc_centre(intensities), adc_range(intensities));
  return readings;
}

double PhotonicRanker::adc_centre(std::span<const float> intensities) const {
  return adc_.range() == AdcRange::kAutomatic ? bank_.map().offset * sum_of(intensities) : 0.0;
}

double PhotonicRanker::adc_range(std::span<const float> intensities) const {
  if (adc_.range() == AdcRange::kFullScale) return adc_.full_scale() * wavelengths_;
  const double squares = std::inner_product(intensities.begin(), intensities.end(), intensities.begin(), 0.0);
  return adc_.headroom() * std::sqrt(squares / wavelengths_) * static_cast<double>(longest_);
}

Readout PhotonicRanker::evaluate(std::span<const Bfloat16> query, std::uint32_t count, Picoseconds now) {
  assert(query.size() == wavelengths_ && count <= blocks_);
  if (exact()) return {exact_.scores(query, count)};
  const EncodedQuery encoded = encoder_.encode(query);
  Readout out;
  std::vector<std::vector<float>> readings;
  for (const std::vector<float>& intensities : encoded.passes)
    readings.push_back(pass(intensities, count, now, out.clipped));
  out.scores = encoder_.decode(readings, corrections_);
  const WeightMap map = bank_.map();
  const float common = static_cast<float>(map.offset) * encoded.sum;
  const float scale = largest_ * encoded.scale / static_cast<float>(map.gain);
  for (float& score : out.scores) score = (score - common) * scale;
  return out;
}

std::vector<RankedBlock> PhotonicRanker::rank(std::span<const Bfloat16> query, std::uint32_t count,
                                              std::uint32_t k, Picoseconds now) {
  return select_best(evaluate(query, count, now).scores, k);
}

void PhotonicRanker::inject(const Fault& fault) {
  const bool was_exact = exact();
  faults_.add(fault);
  if (was_exact && blocks_ > 0) {
    program(0);
  } else {
    bank_.set_faults(faults_);
  }
}

void PhotonicRanker::clear_faults() {
  faults_.clear();
  if (ideal_ && blocks_ > 0) exact_.load(signatures_);
  bank_.set_faults(faults_);
}

std::vector<float> PhotonicRanker::monitor(Picoseconds now) {
  const std::uint32_t rows = std::min(blocks_, row_map_.rows());
  if (exact()) return std::vector<float>(rows);
  const std::vector<float> on(wavelengths_, 1.0f);
  std::uint32_t clipped = 0;
  std::vector<float> errors = pass(on, rows, now, clipped);
  Eigen::Map<Eigen::ArrayXf> sums(errors.data(), rows);
  for (Eigen::Index ring = 0; ring < wavelengths_; ++ring) sums -= bank_.nominal().col(ring).head(rows);
  sums /= static_cast<float>(wavelengths_);
  return errors;
}

double PhotonicRanker::score_noise(std::span<const Bfloat16> query) const {
  if (exact()) return 0.0;
  const EncodedQuery encoded = encoder_.encode(query);
  std::vector<double> noises;
  for (const std::vector<float>& intensities : encoded.passes)
    noises.push_back(detector_.noise_lines(intensity_of(intensities)));
  return encoder_.decoded_noise(noises) * static_cast<double>(largest_ * encoded.scale) / bank_.map().gain;
}

double PhotonicRanker::weight_error(Picoseconds now) {
  if (exact() || blocks_ == 0) return 0.0;
  const Eigen::ArrayXXf& weights = bank_.weights(now);
  const auto gain = static_cast<float>(bank_.map().gain);
  const auto centre = static_cast<float>(bank_.map().offset);
  Eigen::ArrayXf squares = Eigen::ArrayXf::Zero(blocks_);
  for (Eigen::Index ring = 0; ring < wavelengths_; ++ring) {
    squares += (weights.col(ring) - (values_.col(ring) * gain + centre)).square();
  }
  return std::sqrt(sum_of({squares.data(), blocks_}) / static_cast<double>(weights.size()));
}

std::vector<std::string> PhotonicRanker::warnings() const {
  std::vector<std::string> lines;
  if (config_.channels.crosstalk && channel_plan().aliases()) lines.push_back(channel_plan().warning());
  return lines;
}

}  // namespace prism::photonic
