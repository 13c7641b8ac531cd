// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/ring_bank.h"

#include <algorithm>
#include <cassert>

#include "models/photonic/check.h"
#include "models/photonic/normal.h"

namespace prism::photonic {

RingBank::RingBank(std::uint32_t rows, std::uint32_t rings, const PhysicsConfig& config)
    : ring_(config.ring),
      plan_(config.channels, ring_, rings),
      drive_(config.drive, ring_),
      calibration_(config.calibration, rows + config.spare_rows, rings, config.seed),
      thermal_(config.thermal, config.ring, rows, config.spare_rows, rings, config.seed),
      uses_rings_(uses_rings(config)),
      crosstalk_(uses_rings_ && config.channels.crosstalk),
      weight_drift_(static_cast<float>(config.drive.weight_drift_sigma)),
      seed_(config.seed),
      physical_rows_(rows + config.spare_rows),
      step_ps_(thermal_.step_ps()) {
  require(!uses_rings_ || config.drive.quantise_in == QuantiseIn::kVoltage, "drive.quantise_in", "weight",
          "voltage, as crosstalk, calibration errors and temperature act on rings");
  calibrate(0);
}

double RingBank::temperature_mk(Picoseconds now) {
  if (thermal_.advance(now)) stale_ = true;
  return thermal_.chip_mk();
}

void RingBank::calibrate(Picoseconds now) {
  if (!uses_rings_) return;
  thermal_.advance(now);
  Eigen::ArrayXXf shifts = Eigen::ArrayXXf::Zero(physical_rows_, plan_.channels());
  if (thermal_.active()) {
    for (std::uint32_t ring = 0; ring < plan_.channels(); ++ring) {
      for (std::uint32_t row = 0; row < physical_rows_; ++row)
        shifts(row, ring) = thermal_.shift_pm(row, ring);
    }
  }
  calibration_.measure(shifts, now / step_ps_ * step_ps_);
  stale_ = true;
}

void RingBank::program(const Eigen::ArrayXXf& values, std::vector<std::uint32_t> rows,
                       const FaultMap& faults) {
  assert(values.cols() == plan_.channels() && values.rows() == static_cast<Eigen::Index>(rows.size()));
  rows_ = std::move(rows);
  if (uses_rings_) {
    program_rings(values);
  } else {
    program_weights(values);
  }
  ++programmings_;
  set_faults(faults);
}

void RingBank::set_faults(const FaultMap& faults) {
  broken_.clear();
  for (std::uint32_t block = 0; block < rows_.size(); ++block) {
    for (Fault fault : faults.rings(rows_[block])) {
      fault.row = block;
      broken_.push_back(fault);
    }
  }
  stale_ = true;
}

Eigen::ArrayXf RingBank::gather(const Eigen::ArrayXXf& table, Eigen::Index ring) const {
  Eigen::ArrayXf column(static_cast<Eigen::Index>(rows_.size()));
  for (std::size_t block = 0; block < rows_.size(); ++block) column[block] = table(rows_[block], ring);
  return column;
}

void RingBank::program_weights(const Eigen::ArrayXXf& values) {
  nominal_.resize(values.rows(), values.cols());
  for (Eigen::Index ring = 0; ring < values.cols(); ++ring) {
    nominal_.col(ring) = drive_.quantised_weights(values.col(ring));
  }
  detuning_ = nominal_;
  if (weight_drift_ == 0.0f) return;
  Eigen::ArrayXXf drift(values.rows(), values.cols());
  fill_normal(random_of(seed_, RandomDomain::kWeightDrift), programmings_,
              {drift.data(), static_cast<std::size_t>(drift.size())});
  detuning_ = (nominal_ + drift * weight_drift_).max(-1.0f).min(1.0f);
}

void RingBank::program_rings(const Eigen::ArrayXXf& values) {
  const WeightMap map = drive_.map();
  const auto gain = static_cast<float>(map.gain);
  const auto centre = static_cast<float>(map.offset);
  const auto twice_depth = static_cast<float>(2.0 * ring_.depth());
  const auto per_width = static_cast<float>(2.0 / ring_.fwhm_pm());
  detuning_.resize(values.rows(), values.cols());
  nominal_.resize(values.rows(), values.cols());
  for (Eigen::Index ring = 0; ring < values.cols(); ++ring) {
    const Eigen::ArrayXf believed = gather(calibration_.believed(), ring);
    const Eigen::ArrayXf shift = drive_.shifts(values.col(ring) * gain + centre, believed);
    detuning_.col(ring) = gather(calibration_.offsets(), ring) + shift;
    nominal_.col(ring) = 1.0f - twice_depth / (((believed + shift) * per_width).square() + 1.0f);
  }
  if (crosstalk_) pass_others();
}

void RingBank::pass_others() {
  const auto depth = static_cast<float>(ring_.depth());
  const auto per_width = static_cast<float>(2.0 / ring_.fwhm_pm());
  const Eigen::Index blocks = detuning_.rows();
  others_ = Eigen::ArrayXXf::Ones(blocks, detuning_.cols());
  slope_ = Eigen::ArrayXXf::Zero(blocks, detuning_.cols());
  for (Eigen::Index channel = 0; channel < detuning_.cols(); ++channel) {
    float* const passed = others_.col(channel).data();
    float* const slope = slope_.col(channel).data();
    for (Eigen::Index ring = 0; ring < detuning_.cols(); ++ring) {
      if (ring == channel) continue;
      const auto distance = static_cast<float>(
          plan_.distance_pm(static_cast<std::uint32_t>(ring), static_cast<std::uint32_t>(channel)));
      const float* const detuning = detuning_.col(ring).data();
      for (Eigen::Index block = 0; block < blocks; ++block) {
        const float x = (distance - detuning[block]) * per_width;
        const float lorentzian = 1.0f / (1.0f + x * x);
        const float drop = depth * lorentzian;
        passed[block] *= 1.0f - drop;
        slope[block] -= x * lorentzian * drop * (1.0f + drop);  // 1 / (1 - drop) to first order
      }
    }
  }
  slope_ *= 2.0f * per_width;
}

const Eigen::ArrayXXf& RingBank::weights(Picoseconds now) {
  if (thermal_.advance(now)) stale_ = true;
  const auto step = static_cast<std::uint64_t>(now / step_ps_);
  if (stale_ || (calibration_.ages() && step != refreshed_step_)) refresh(step);
  return weights_;
}

void RingBank::refresh(std::uint64_t step) {
  stale_ = false;
  refreshed_step_ = step;
  if (!uses_rings_) {
    weights_ = detuning_;
  } else {
    const auto depth = static_cast<float>(ring_.depth());
    const auto per_width = static_cast<float>(2.0 / ring_.fwhm_pm());
    const bool ages = calibration_.ages();
    const float age = ages ? calibration_.age_pm(static_cast<Picoseconds>(step) * step_ps_) : 0.0f;
    Eigen::ArrayXf shift = Eigen::ArrayXf::Zero(detuning_.rows());
    Eigen::ArrayXf moved;
    weights_.resize(detuning_.rows(), detuning_.cols());
    for (Eigen::Index ring = 0; ring < detuning_.cols(); ++ring) {
      if (thermal_.active() && ring % thermal_.cell_rings() == 0) {
        for (std::size_t block = 0; block < rows_.size(); ++block)
          shift[block] = thermal_.shift_pm(rows_[block], static_cast<std::uint32_t>(ring));
      }
      moved = detuning_.col(ring) + shift;
      if (ages) moved += gather(calibration_.directions(), ring) * age;
      const auto through = 1.0f - depth / ((moved * per_width).square() + 1.0f);
      if (crosstalk_) {
        weights_.col(ring) = 2.0f * through * others_.col(ring) * (1.0f + slope_.col(ring) * shift) - 1.0f;
      } else {
        weights_.col(ring) = 2.0f * through - 1.0f;
      }
    }
  }
  for (const Fault& fault : broken_) weights_(fault.row, fault.ring) = static_cast<float>(fault.weight);
}

}  // namespace prism::photonic
