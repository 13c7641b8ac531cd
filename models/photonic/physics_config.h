// SPDX-License-Identifier: Apache-2.0
// Parameters of the photonic physics. Numbers without another source are those of arXiv 2603.21576v2 (device
// table, link budget). As constructed every impairment is off; preset() gives the named fidelities.
#pragma once

#include <cstdint>
#include <vector>

namespace prism::photonic {

/// Add-drop microring in X-cut thin-film lithium niobate.
struct RingConfig {
  double wavelength_nm = 1550.0;
  double q = 10000.0;           // loaded
  double extinction_db = 20.0;  // of the through port at resonance; > 15 stated, 20 in the authors' code
  double radius_um = 20.0;      // with group_index: the free spectral range of a single ring
  double group_index = 2.30;
  double vernier_fsr_nm = 50.0;    // free spectral range of Vernier-coupled dual rings; 0: a single ring
  double tuning_pm_per_v = 28.49;  // Pockels: lambda n_eff^3 r33 overlap / (2 n_g gap)
  double pitch_um = 60.0;          // between centres of rings and of rows (assumed: diameter + electrodes)
};

struct ChannelPlanConfig {
  double spacing_nm = 1.6;  // 200 GHz
  bool crosstalk = false;   // rings act on the channels of other rings
  bool strict = false;      // a plan that aliases is an error, not a warning
};

enum class QuantiseIn { kVoltage, kWeight };
enum class WeightScaling {
  kUnit,       // the largest magnitude of a bank becomes weight 1; what the drive cannot reach is clipped
  kSymmetric,  // ... becomes the largest weight that is reachable with both signs
  kFullRange,  // [-largest, largest] becomes the whole reachable range; its centre is subtracted from scores
};

struct DriveConfig {
  /// kVoltage: weights are set through rings. kWeight: the paper's abstraction: no rings, weights in [-1, 1].
  QuantiseIn quantise_in = QuantiseIn::kVoltage;
  std::uint32_t bits = 0;  // 2^bits - 1 equal steps of voltage or weight; 0: continuous
  double min_volts = 0.0;
  double max_volts = 0.0;  // 0: unlimited; 3-5 V of a CMOS driver
  WeightScaling scaling = WeightScaling::kSymmetric;
  double weight_drift_sigma = 0.0;  // kWeight only: Gaussian in weight, redrawn at every load, clipped
};

struct CalibrationConfig {
  double fabrication_sigma_pm = 0.0;  // of resonances; 500-2000 across a wafer
  double trim_range_pm = 0.0;         // offsets are trimmed up to this besides the drive, once (assumed)
  double residual_sigma_pm = 0.0;     // error of a calibrated resonance (assumed)
  double ageing_pm_per_sqrt_s = 0.0;  // random walk of a resonance since its calibration (assumed)
};

struct ThermalConfig {
  double ambient_sigma_k = 0.0;      // swing of the chip's temperature without the cooler (assumed)
  double ambient_time_us = 1e6;      // its correlation time (assumed)
  double cooler_gain = 0.0;          // the cooler leaves 1 / (1 + gain) of the swing (assumed); 0: no cooler
  double gradient_sigma_mk = 0.0;    // local temperatures, which the one sensor does not see
  double gradient_time_us = 1000.0;  // (assumed)
  double correlation_um = 2000.0;    // of local temperatures: exp(-distance / this) (assumed)
  std::uint32_t cell_rows = 32;      // one local temperature for so many rows ...
  std::uint32_t cell_rings = 8;      // ... and rings of a row
  double step_us = 100.0;            // temperatures and ageing move in steps (numerical choice)
  double thermo_optic_per_k = 4e-5;  // dn/dT
};

/// dB are losses, >= 0. Defaults close to -15.9 dBm at a detector for d = 32, N = 256.
struct LinkConfig {
  double laser_dbm = 20.0;    // the whole comb
  double comb_loss_db = 0.0;  // from the laser to usable comb lines
  double fibre_chip_db = 2.0;
  double modulator_db = 3.0;
  double splitter_excess_db = 0.2;  // a stage; 0.1-0.3
  double waveguide_cm = 2.0;
  double waveguide_db_per_cm = 0.5;
  double ring_insertion_db = 0.1;  // a ring of the row; 0.02-0.05 stated, 0.1 in the budget
  double chip_detector_db = 1.0;
};

enum class QueryEncoding {
  kSignedIdeal,  // negative intensities: the paper's implicit assumption
  kOffset,       // (1 + q) / 2; a correction for every row is subtracted
  kTwoPass,      // positive and negative parts one after the other; the difference is taken
};
enum class OffsetCorrection {
  kComputed,  // from the weights that the controller believes to have set
  kMeasured,  // by one more pass at load time, with its noise
};

struct QueryConfig {
  QueryEncoding encoding = QueryEncoding::kSignedIdeal;
  OffsetCorrection correction = OffsetCorrection::kComputed;
  std::uint32_t dac_bits = 0;  // 2^bits - 1 equal steps over the intensity range; 0: continuous; 4-6
};

struct DetectorConfig {
  double responsivity_a_per_w = 1.0;
  double load_ohm = 50.0;
  double bandwidth_ghz = 1.0;
  double temperature_k = 300.0;
  double nep_pw_per_sqrt_hz = 10.0;  // 1-20
  bool shot_noise = false;
  bool thermal_noise = false;
  bool nep_noise = false;
};

enum class AdcRange {
  kFullScale,  // +- full_scale x the current of all lines through rings of weight 1
  kAutomatic,  // gain and centre from the query and the norms of the loaded rows: +- headroom standard
               // deviations
};

struct AdcConfig {
  std::uint32_t bits = 0;  // 2^bits equal steps over the range; 0: continuous; 4-6
  AdcRange range = AdcRange::kAutomatic;
  double full_scale = 1.0;
  double headroom = 4.0;  // (assumed)
};

enum class FaultKind { kDeadRow, kDeadRing, kStuckRing };

/// kDeadRow: no photocurrent. kDeadRing: drops nothing (weight 1). kStuckRing: keeps `weight`. `row` is
/// physical.
struct Fault {
  FaultKind kind;
  std::uint32_t row;
  std::uint32_t ring = 0;
  double weight = 1.0;
};

struct PhysicsConfig {
  std::uint64_t seed = 1;
  std::uint32_t spare_rows = 0;  // lit and addressable by the row map, unused until mapped
  RingConfig ring;
  ChannelPlanConfig channels;
  DriveConfig drive;
  CalibrationConfig calibration;
  ThermalConfig thermal;
  LinkConfig link;
  QueryConfig query;
  DetectorConfig detector;
  AdcConfig adc;
  std::vector<Fault> faults;
};

enum class Fidelity {
  kIdeal,     // exact arithmetic
  kPaper,     // 5-bit weights uniform in weight, Gaussian drift in weight (0.01), signed queries, no noise
  kPhysical,  // every impairment
};
PhysicsConfig preset(Fidelity fidelity);

/// Whether every impairment is off: scores are exact arithmetic.
bool is_ideal(const PhysicsConfig& config);
/// Whether an impairment of rings is on: crosstalk, drive, calibration or temperature.
bool uses_rings(const PhysicsConfig& config);

}  // namespace prism::photonic
