// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/engine_factory.h"

#include "models/hbm/detailed_engine.h"
#include "models/hbm/fast_engine.h"

namespace prism::hbm {

std::unique_ptr<TimingEngine> make_engine(const HbmConfig& config) {
  if (config.controller.fidelity == Fidelity::kDetailed) return std::make_unique<DetailedEngine>(config);
  return std::make_unique<FastEngine>(config);
}

}  // namespace prism::hbm
