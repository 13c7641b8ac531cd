// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/engine_factory.h"

#include "models/hbm/detailed_engine.h"
#include "models/hbm/fast_engine.h"

namespace prism::hbm {

std::unique_ptr<TimingEngine> make_engine(const HbmConfig& config) {
  std::unique_ptr<TimingEngine> engine;
  if (config.controller.fidelity == Fidelity::kDetailed) {
    engine = std::make_unique<DetailedEngine>(config);
  } else {
    engine = std::make_unique<FastEngine>(config);
  }
  const TemperatureConfig& temperature = config.temperature;
  engine->set_refresh_rate(temperature.refresh_rate(temperature.temperature_c));
  return engine;
}

}  // namespace prism::hbm
