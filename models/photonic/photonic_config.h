// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/burst_port.h"
#include "models/common/units.h"
#include "models/photonic/physics_config.h"
#include "models/photonic/signature_store.h"

namespace prism::photonic {

/// Defaults: the operating point d = 32, N = 256 of the paper (arXiv 2603.21576v2), latency and power tables.
struct PhotonicConfig {
  std::uint32_t rows = 1024;        // physical rows: blocks ranked in one optical pass
  std::uint32_t wavelengths = 32;   // signature dimension d
  std::uint32_t max_blocks = 8192;  // a bank context: pages of `rows` blocks

  // One evaluation, stage by stage.
  Picoseconds dac_ps = 1000, modulator_ps = 100, optics_ps = 500, ring_decay_ps = 100, detector_ps = 200,
              adc_ps = 2000, top_k_ps = 5000;
  Picoseconds page_reprogram_ps = 4000;  // between the pages of one ranking
  bool page_through_dacs = false;  // instead, a page's rings take as long as weight_dacs x weight_settle say

  // Programming the rings of a loaded bank: rows x wavelengths weights through a finite number of DACs.
  std::uint32_t weight_dacs = 1024;
  Picoseconds weight_settle_ps = 1000;  // a DAC sets one ring in this time

  // mW while evaluating.
  double laser_mw = 20.0, driver_mw = 5.0, dac_mw = 32.0, modulator_mw = 6.4, detector_mw = 10.0,
         adc_mw = 100.0, top_k_mw = 1.0;
  double cooler_mw = 1000.0;     // always on
  bool laser_always_on = false;  // the laser burns between evaluations, too
  double ring_switch_fj = 5.0;   // a ring reprogrammed

  std::uint32_t queue_depth = 8;             // commands that wait or run (assumed)
  Picoseconds calibration_row_ps = 1000000;  // CALIBRATE sweeps row after row (assumed)
  Picoseconds register_access_ps = 5000;     // one register access, after the bus (assumed)
  BurstPortConfig port;                      // signature loads and result write-back

  PhysicsConfig physics;
  SignatureStoreConfig store;

  /// Signatures of one context that the chip keeps.
  std::uint32_t stored_blocks() const { return store.context_blocks > 0 ? store.context_blocks : max_blocks; }

  /// One optical pass, then the top-k; two_pass encoding: two passes, then the top-k.
  Picoseconds pass_ps() const {
    return dac_ps + modulator_ps + optics_ps + ring_decay_ps + detector_ps + adc_ps;
  }
  Picoseconds evaluation_ps() const {
    return pass_ps() * (physics.query.encoding == QueryEncoding::kTwoPass ? 2 : 1) + top_k_ps;
  }
};

}  // namespace prism::photonic
