// SPDX-License-Identifier: Apache-2.0
// Wrong photonic parameters, and wrong calls of `prism-vp rank`, end with exit status 2 and one line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

void expect_one_line(const Outcome& outcome, const std::string& text) {
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
  EXPECT_THAT(outcome.error, testing::StartsWith("prism-vp: error: "));
  EXPECT_THAT(outcome.error, testing::HasSubstr(": " + text));
}

struct BrokenCore {
  const char* name;
  const char* text;   // of x.json, a photonic preset; of /photonic in a configuration
  const char* error;  // from the pointer on
};

void PrintTo(const BrokenCore& broken, std::ostream* stream) {
  *stream << broken.name;
}

class BrokenCoreTest : public testing::TestWithParam<BrokenCore> {};

TEST_P(BrokenCoreTest, AloneAndInAPlatform) {
  const TemporaryFolder folder;
  const std::string text = GetParam().text;
  const std::string error = GetParam().error;
  folder.write("x.json", text);
  expect_one_line(run_program(folder, {"rank", "x.json"}), "x.json: " + error);
  // The file is the one that gave the value, which may be a preset.
  folder.write("y.json", R"({"extends": "tiny", "photonic": )" + text + "}");
  expect_one_line(run_program(folder, {"validate", "y.json"}), "/photonic" + error);
  expect_one_line(run_program(folder, {"rank", "y.json"}), "/photonic" + error);
}

const BrokenCore kBroken[] = {
    {"NoQ", R"({"ring": {"q": 0}})", "/ring/q: found 0, expected a number > 0"},
    {"NegativeQ", R"({"ring": {"q": -10000}})", "/ring/q: found -10000, expected a number > 0"},
    {"LinewidthAboveTheRange", R"({"ring": {"q": 20}})",
     "/ring/q: found 20, expected a linewidth below the free spectral range"},
    {"NoExtinction", R"({"ring": {"extinction_db": 0}})",
     "/ring/extinction_db: found 0, expected a number > 0"},
    {"AliasingPlan", R"({"channels": {"strict": true}})",
     "/channels/spacing_nm: found 1.6 nm x 32 channels in a free spectral range of 50 nm (channels 0 and 31 "
     "land 0.4 nm "
     "apart, -14.5 dB), expected a plan that does not alias"},
    {"AliasingSingleRings", R"({"channels": {"strict": true}, "ring": {"vernier_fsr_nm": 0}})",
     "/channels/spacing_nm: found 1.6 nm x 32 channels in a free spectral range of 8.312 nm"},
    {"TooManyDriveBits", R"({"drive": {"bits": 17}})",
     "/drive/bits: found 17, expected an integer from 0 to 16"},
    {"TooManyQueryBits", R"({"query": {"dac_bits": 24}})",
     "/query/dac_bits: found 24, expected an integer from 0 to 16"},
    {"TooManyAdcBits", R"({"adc": {"bits": 17}})", "/adc/bits: found 17, expected an integer from 0 to 16"},
    {"BitsOfNoRange", R"({"drive": {"bits": 5}})",
     "/drive/max_volts: found 0, expected a finite range for drive.bits to divide"},
    {"EmptyVoltageRange", R"({"drive": {"min_volts": 5, "max_volts": 3}})",
     "/drive/min_volts: found 5, expected less than drive.max_volts"},
    {"OneSignedDrive", R"({"drive": {"max_volts": 2}})",
     "/drive/max_volts: found 2, expected a drive that reaches weights of both signs"},
    {"DriftInVolts", R"({"drive": {"weight_drift_sigma": 0.01}})",
     "/drive/weight_drift_sigma: found 0.01, expected 0 unless drive.quantise_in is weight"},
    {"RingErrorsWithoutRings", R"({"drive": {"quantise_in": "weight"}, "channels": {"crosstalk": true}})",
     "/drive/quantise_in: found weight, expected voltage"},
    {"UnknownScaling", R"({"drive": {"scaling": "wide"}})",
     "/drive/scaling: found \"wide\", expected \"unit\", \"symmetric\" or \"full_range\""},
    {"NegativeLoss", R"({"link": {"fibre_chip_db": -2}})",
     "/link/fibre_chip_db: found -2, expected a number from 0 to 1000"},
    {"NegativeNoise", R"({"detector": {"nep_pw_per_sqrt_hz": -1}})",
     "/detector/nep_pw_per_sqrt_hz: found -1, expected a number from 0"},
    {"RowsAndCells", R"({"rows": 100, "thermal": {"gradient_sigma_mk": 10}})",
     "/thermal/cell_rows: found 32, expected a divisor of the 100 rows"},
    {"RingsAndCells", R"({"thermal": {"gradient_sigma_mk": 10, "cell_rings": 5}})",
     "/thermal/cell_rings: found 5, expected a divisor of the 32 wavelengths"},
    {"NoHeadroom", R"({"adc": {"headroom": 0}})", "/adc/headroom: found 0, expected a number > 0"},
    {"FaultBeyondTheRows",
     R"({"faults": [{"kind": "dead_row", "row": 3}, {"kind": "dead_row", "row": 1024}]})",
     "/faults/1/row: found 1024, expected a physical row below 1024"},
    {"FaultBeyondTheRings", R"({"faults": [{"kind": "dead_ring", "row": 3, "ring": 32}]})",
     "/faults/0/ring: found 32, expected a ring below 32"},
    {"UnknownFault", R"({"faults": [{"kind": "dead_fish", "row": 3}]})",
     "/faults/0/kind: found \"dead_fish\", expected \"dead_row\", \"dead_ring\" or \"stuck_ring\""},
    {"FaultOfNoRow", R"({"faults": [{"kind": "dead_row"}]})",
     "/faults/0/row: found no value, expected an integer from 0"},
    {"FaultMisspelt", R"({"faults": [{"kind": "dead_row", "raw": 3}]})",
     "/faults/0/raw: found unknown key \"raw\", expected one of the known keys (did you mean \"row\"?)"},
    {"StoreTooSmall", R"({"store": {"placement": "sram", "capacity_bytes": 1000}})",
     "/store/capacity_bytes: found 1000, expected at least "},
    {"UnknownPlacement", R"({"store": {"placement": "dram"}})",
     "/store/placement: found \"dram\", expected \"hbm\", \"sram\" or \"resident\""},
    {"BurstNoPowerOfTwo", R"({"port": {"max_burst_bytes": 3000}})",
     "/port/max_burst_bytes: found 3000, expected a power of two"},
    {"MisspeltKey", R"({"ring": {"Q": 10000}})",
     "/ring/Q: found unknown key \"Q\", expected one of the known keys (did you mean \"q\"?)"},
    {"UnitLeftOut", R"({"channels": {"spacing": 1.6}})",
     "/channels/spacing: found unknown key \"spacing\", expected one of the known keys (did you mean "
     "\"spacing_nm\"?)"},
};

INSTANTIATE_TEST_SUITE_P(Kinds, BrokenCoreTest, testing::ValuesIn(kBroken),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST(BrokenPlatform, MoreRowsThanTheDeviceShows) {
  const TemporaryFolder folder;
  folder.write("x.json", R"({"extends": "tiny", "photonic": {"rows": 8193}})");
  expect_one_line(
      run_program(folder, {"validate", "x.json"}),
      "x.json: /photonic/rows: found 8193, expected at most 8192, which the device's health window shows");
}

struct WrongCall {
  const char* name;
  std::vector<std::string> arguments;
  const char* error;
};

void PrintTo(const WrongCall& wrong, std::ostream* stream) {
  *stream << wrong.name;
}

class RankErrors : public testing::TestWithParam<WrongCall> {};

TEST_P(RankErrors, EndWithOneLine) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = GetParam().arguments;
  arguments.insert(arguments.begin(), "rank");
  expect_one_line(run_program(folder, arguments), GetParam().error);
}

const WrongCall kWrongCalls[] = {
    {"NoConfig", {}, "CONFIG is required"},
    {"UnknownPreset",
     {"physicl"},
     "physicl: found no file and no preset of this name, expected a file or a preset (did you mean "
     "\"physical\"?)"},
    {"NoTrials", {"ideal", "--trials", "0"}, "--trials: "},
    {"NegativeAge", {"ideal", "--age-us", "-1"}, "--age-us: "},
    {"MoreThanAllBlocks", {"ideal", "--rows", "16"}, "--k: found 32, expected at most the blocks (16)"},
    {"MoreBlocksThanABank",
     {"ideal", "--blocks", "10000"},
     "--blocks: found 10000, expected 2 to 8192, the photonic core's max_blocks"},
    {"NoRows", {"ideal", "--rows", "0"}, "--rows 0: /rows: found 0, expected an integer from 1"},
    {"RowsAndCells",
     {"physical", "--rows", "100"},
     "/thermal/cell_rows: found 32, expected a divisor of the 100 rows"},
    {"SetUnknownKey",
     {"ideal", "--set", "ring.quality=5"},
     "--set ring.quality=5: /ring/quality: found unknown key \"quality\""},
    {"SweepOfNothing",
     {"ideal", "--sweep", "drive.bits"},
     "--sweep: found \"drive.bits\", expected path=value,value"},
    {"SweepWithAGap",
     {"ideal", "--sweep", "adc.bits=4,,6"},
     "--sweep: found an empty value in \"adc.bits=4,,6\", expected values joined by commas"},
    {"SweepOfAWrongValue",
     {"ideal", "--sweep", "adc.bits=4,40"},
     "--sweep adc.bits=40: /adc/bits: found 40, expected an integer from 0 to 16"},
    {"SweepOfAnUnknownPreset",
     {"ideal", "--sweep", "extends=photonic/physica"},
     "--sweep extends=photonic/physica: /extends: found \"photonic/physica\", which is no file"},
};

INSTANTIATE_TEST_SUITE_P(Calls, RankErrors, testing::ValuesIn(kWrongCalls),
                         [](const auto& wrong) { return std::string(wrong.param.name); });

}  // namespace
}  // namespace prism::test
