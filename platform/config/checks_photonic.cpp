// SPDX-License-Identifier: Apache-2.0
// Cross-checks of the photonic core. What its model rejects, the configuration rejects, with the pointer.
#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "models/photonic/faults.h"
#include "models/photonic/photonic_ranker.h"
#include "models/photonic/photonic_timing.h"
#include "platform/config/checks.h"
#include "platform/config/words.h"
#include "prism/hw/photonic.h"

namespace prism::config {
namespace {

/// "drive.max_volts: found ..." -> "/drive/max_volts"
std::string pointer_of(const std::invalid_argument& problem) {
  const std::string message = problem.what();
  std::string name = message.substr(0, message.find(": "));
  std::replace(name.begin(), name.end(), '.', '/');
  return "/" + name;
}

void check_faults(const photonic::PhotonicConfig& config, const Section& section, const ConfigTree& tree) {
  photonic::FaultMap map(config.rows + config.physics.spare_rows, config.wavelengths);
  for (std::size_t i = 0; i < config.physics.faults.size(); ++i) {
    try {
      map.add(config.physics.faults[i]);
    } catch (const std::invalid_argument& problem) {
      const std::string member = pointer_of(problem).substr(std::string("/faults").size());
      throw model_error(section.pointer() + "/faults/" + std::to_string(i) + member, problem, tree);
    }
  }
}

}  // namespace

void check_photonic(const photonic::PhotonicConfig& config, const Section& section, const ConfigTree& tree) {
  const std::uint64_t burst = config.port.max_burst_bytes;
  if (!std::has_single_bit(burst)) {
    throw tree.error(section.pointer() + "/port/max_burst_bytes", in_words(burst), "a power of two");
  }
  check_faults(config, section, tree);
  try {
    const photonic::PhotonicTiming timing(config);
    const photonic::PhotonicRanker ranker(config.rows, config.wavelengths, config.physics);
  } catch (const std::invalid_argument& problem) {
    throw model_error(section.pointer() + pointer_of(problem), problem, tree);
  }
}

void check_ranking(const PlatformConfig& config, const ConfigTree& tree) {
  const auto require = [&tree](bool condition, const std::string& pointer, std::uint64_t found,
                               const std::string& expected) {
    if (!condition) throw tree.error(pointer, in_words(found), expected);
  };
  const photonic::PhotonicConfig& photonic = config.photonic;
  const std::uint32_t dimension = config.policy.signature_dimension;
  require(config.policy.name != PolicyName::kPrism || photonic.wavelengths == dimension,
          "/policy/signature_dimension", dimension,
          "photonic.wavelengths (" + in_words(photonic.wavelengths) + ") for policy prism");
  const std::uint32_t head_dimension = config.workload.model.head_dimension;
  require(dimension <= head_dimension, "/policy/signature_dimension", dimension,
          "at most workload.model.head_dimension (" + in_words(head_dimension) +
              "), of which it is a projection");
  const std::uint64_t last_token = std::uint64_t{config.workload.context_tokens} + config.workload.steps;
  const std::uint64_t blocks = last_token / config.policy.block_tokens;
  require(config.policy.name != PolicyName::kPrism || blocks <= photonic.max_blocks, "/photonic/max_blocks",
          photonic.max_blocks, "at least " + in_words(blocks) + ", the blocks of a sequence");
  constexpr std::uint32_t kMostRows = PHOTONIC_HEALTH_BYTES / sizeof(std::int32_t);
  require(photonic.rows <= kMostRows, "/photonic/rows", photonic.rows,
          "at most " + in_words(kMostRows) + ", which the device's health window shows");
}

std::vector<std::string> photonic_warnings(const photonic::PhotonicConfig& config,
                                           const std::string& prefix) {
  const photonic::PhotonicRanker ranker(config.rows, config.wavelengths, config.physics);
  std::vector<std::string> warnings;
  for (const std::string& line : ranker.warnings()) warnings.push_back(prefix + line);
  const double light_mw = std::pow(10.0, config.physics.link.laser_dbm / 10.0);
  const photonic::DetectorConfig& detector = config.physics.detector;
  const bool noisy = detector.shot_noise || detector.thermal_noise || detector.nep_noise;
  if (noisy && config.laser_mw < light_mw) {
    warnings.push_back(prefix + "laser_mw: found " + text(config.laser_mw) + " mW, expected at least the " +
                       text(light_mw) + " mW of light of " + prefix + "link.laser_dbm");
  }
  return warnings;
}

}  // namespace prism::config
