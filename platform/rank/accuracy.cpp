// SPDX-License-Identifier: Apache-2.0
#include "platform/rank/accuracy.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <limits>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "models/photonic/photonic_ranker.h"
#include "platform/rank/random_bank.h"

namespace prism::rank_study {

namespace {

struct Trial {
  double recall = 0.0;
  double correlation = 0.0;
  double error_squared = 0.0;  // in spreads, mean over the blocks
  double noise_squared = 0.0;  // in spreads
  double weight_error_squared = 0.0;
  std::uint32_t clipped = 0;
};

/// Sums of deviations from the means, over all blocks.
struct Moments {
  double exact = 0.0;
  double device = 0.0;
  double both = 0.0;
};

double mean_of(std::span<const float> values) {
  double sum = 0.0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

Moments moments_of(std::span<const float> exact, std::span<const float> device) {
  const double exact_mean = mean_of(exact);
  const double device_mean = mean_of(device);
  Moments sums;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double x = exact[i] - exact_mean;
    const double y = device[i] - device_mean;
    sums.exact += x * x;
    sums.device += y * y;
    sums.both += x * y;
  }
  return sums;
}

double recall_of(std::span<const float> exact, std::span<const float> device, std::uint32_t k) {
  std::vector<bool> wanted(exact.size());
  for (const RankedBlock& block : select_best(exact, k)) wanted[block.index] = true;
  double hits = 0.0;
  for (const RankedBlock& block : select_best(device, k)) hits += wanted[block.index] ? 1.0 : 0.0;
  return hits / k;
}

Trial run_trial(photonic::PhotonicRanker& ranker, const RandomBank& bank, const TrialOptions& options) {
  RankingCore reference(static_cast<std::uint32_t>(bank.query.size()));
  reference.load(bank.signatures);
  const std::vector<float> exact = reference.scores(bank.query, options.blocks);
  ranker.load(bank.signatures, options.age);
  const photonic::Readout readout = ranker.evaluate(bank.query, options.blocks, options.age);

  const Moments moments = moments_of(exact, readout.scores);
  double squares = 0.0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = static_cast<double>(readout.scores[i]) - exact[i];
    squares += error * error;
  }
  const double noise = ranker.score_noise(bank.query);
  const double weight_error = ranker.weight_error(options.age);
  const double scale = std::sqrt(moments.exact * moments.device);
  return {.recall = recall_of(exact, readout.scores, options.k),
          .correlation = scale > 0.0 ? moments.both / scale : 0.0,
          .error_squared = squares / moments.exact,
          .noise_squared = noise * noise * options.blocks / moments.exact,
          .weight_error_squared = weight_error * weight_error,
          .clipped = readout.clipped};
}

/// All trials, each in its place.
class TrialRunner {
 public:
  TrialRunner(const photonic::PhotonicConfig& config, const TrialOptions& options)
      : config_(config),
        options_(options),
        chips_((options.trials + kTrialsPerChip - 1) / kTrialsPerChip),
        trials_(options.trials) {}

  std::vector<Trial> run() {
    const unsigned machine = std::max(1u, std::thread::hardware_concurrency());
    const unsigned threads = std::min(options_.threads > 0 ? options_.threads : machine, chips_);
    std::vector<std::future<void>> workers;
    for (unsigned i = 0; i < threads; ++i) {
      workers.push_back(std::async(std::launch::async, [this] { work(); }));
    }
    for (std::future<void>& worker : workers) worker.get();
    return std::move(trials_);
  }

 private:
  void work() {
    for (std::uint32_t chip = next_chip_++; chip < chips_; chip = next_chip_++) run_chip(chip);
  }

  void run_chip(std::uint32_t chip) {
    photonic::PhysicsConfig physics = config_.physics;
    physics.seed = options_.seed + (std::uint64_t{chip} << 32);
    photonic::PhotonicRanker ranker(config_.rows, config_.wavelengths, physics);
    const std::uint32_t end = std::min((chip + 1) * kTrialsPerChip, options_.trials);
    for (std::uint32_t trial = chip * kTrialsPerChip; trial < end; ++trial) {
      const RandomBank bank = make_random_bank(options_.blocks, config_.wavelengths, options_.seed, trial);
      trials_[trial] = run_trial(ranker, bank, options_);
      show_progress();
    }
  }

  void show_progress() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (options_.progress) options_.progress(static_cast<double>(done_) / options_.trials);
  }

  const photonic::PhotonicConfig& config_;
  const TrialOptions& options_;
  std::uint32_t chips_;
  std::vector<Trial> trials_;
  std::atomic<std::uint32_t> next_chip_ = 0;
  std::mutex mutex_;
  std::uint32_t done_ = 0;
};

/// The mean over all trials, and its standard error from the sums of clusters.
Estimate estimate(const std::vector<Trial>& trials, double Trial::*figure) {
  double sum = 0.0;
  for (const Trial& trial : trials) sum += trial.*figure;
  const auto count = static_cast<double>(trials.size());
  const double mean = sum / count;
  const std::size_t cluster = trials.size() > kTrialsPerChip ? kTrialsPerChip : 1;
  double squares = 0.0;
  double clusters = 0.0;
  for (std::size_t first = 0; first < trials.size(); first += cluster) {
    double deviation = 0.0;
    for (std::size_t i = first; i < std::min(first + cluster, trials.size()); ++i)
      deviation += trials[i].*figure - mean;
    squares += deviation * deviation;
    clusters += 1.0;
  }
  const double error = clusters > 1.0 ? std::sqrt(squares * clusters / (clusters - 1.0)) / count : 0.0;
  return {mean, error};
}

}  // namespace

double Accuracy::snr_spread_db() const {
  return noise > 0.0 ? -20.0 * std::log10(noise) : std::numeric_limits<double>::infinity();
}

Accuracy measure_accuracy(const photonic::PhotonicConfig& config, const TrialOptions& options) {
  const std::vector<Trial> trials = TrialRunner(config, options).run();
  const std::uint32_t passes = photonic::passes_of(config.physics.query.encoding);
  double clipped = 0.0;
  for (const Trial& trial : trials) clipped += trial.clipped;
  const double readings = static_cast<double>(options.blocks) * passes * options.trials;
  return {.recall = estimate(trials, &Trial::recall),
          .correlation = estimate(trials, &Trial::correlation),
          .score_error = std::sqrt(estimate(trials, &Trial::error_squared).mean),
          .noise = std::sqrt(estimate(trials, &Trial::noise_squared).mean),
          .weight_error = std::sqrt(estimate(trials, &Trial::weight_error_squared).mean),
          .clipped_share = clipped / readings};
}

}  // namespace prism::rank_study
