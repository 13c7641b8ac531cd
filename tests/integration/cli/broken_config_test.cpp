// SPDX-License-Identifier: Apache-2.0
// Every kind of wrong input ends with exit status 2 and one line: file, JSON pointer, found, expected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using testing::HasSubstr;

struct BrokenConfig {
  const char* name;
  const char* text;  // of x.json; "tiny" is extended where the rest must be right
  std::vector<std::string> overrides;
  const char* place;  // file and pointer
  const char* found;
  const char* expected;
};

void PrintTo(const BrokenConfig& broken, std::ostream* stream) {
  *stream << broken.name;
}

class BrokenConfigTest : public testing::TestWithParam<BrokenConfig> {};

TEST_P(BrokenConfigTest, EndsWithOneLine) {
  const BrokenConfig& broken = GetParam();
  const TemporaryFolder folder;
  folder.write("x.json", broken.text);
  folder.write("circle.json", R"({"extends": "x"})");
  folder.write("wrong_part.json", R"({"policy": {"k": -1}})");
  std::vector<std::string> arguments = {"run", "x.json", "--out", "out"};
  for (const std::string& assignment : broken.overrides) {
    arguments.emplace_back("--set");
    arguments.push_back(assignment);
  }
  const Outcome outcome = run_program(folder, arguments);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
  EXPECT_THAT(outcome.error,
              testing::StartsWith("prism-vp: error: " + std::string(broken.place) + ": found "));
  EXPECT_THAT(outcome.error, HasSubstr(std::string(": found ") + broken.found));
  EXPECT_THAT(outcome.error, HasSubstr(std::string(", expected ") + broken.expected));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

const BrokenConfig kBroken[] = {
    // The text itself.
    {"Empty", "", {}, "x.json:1:1: /", "end of input", "'[', '{', or a literal"},
    {"Truncated", "{\"policy\": {\"k\": 5", {}, "x.json:1:19: /policy", "end of input", "'}'"},
    {"MissingComma", "{\n  \"seed\": 1\n  \"run\": {}\n}", {}, "x.json:3:7: /", "string literal", "'}'"},
    {"TrailingComma", R"({"seed": 1,})", {}, "x.json:1:12: /", "'}'", "string literal"},
    {"Garbage", R"({} true)", {}, "x.json:1:7: /", "true literal", "end of input"},
    {"BareWord",
     R"({"policy": {"name": dense}})",
     {},
     "x.json:1:21: /policy/name",
     "invalid literal",
     "valid JSON"},
    {"DuplicateKey",
     R"({"seed": 1, "seed": 2})",
     {},
     "x.json: /seed",
     "the key \"seed\" a second time",
     "each key once"},
    {"NoObject", "[1, 2]", {}, "x.json: /", "array", "an object"},
    // extends.
    {"MissingPreset",
     R"({"extends": "tiny", "hbm": {"extends": "hbm/hbm3_6401"}})",
     {},
     "x.json: /hbm/extends",
     "\"hbm/hbm3_6401\", which is no file",
     "a file beside this one or a preset (did you mean \"hbm/hbm3_6400\"?)"},
    {"Circle",
     R"({"extends": "circle"})",
     {},
     "circle.json: /extends",
     "\"x\", which closes a circle",
     "files that do not"},
    {"ExtendsNumber",
     R"({"extends": [7]})",
     {},
     "x.json: /extends",
     "7",
     "the name of a file, or a list of names"},
    {"ErrorInAnExtendedFile",
     R"({"extends": ["tiny", "wrong_part"]})",
     {},
     "wrong_part.json: /policy/k",
     "-1",
     "an integer from 1 to 4096"},
    // Keys.
    {"UnknownSection",
     R"({"extends": "tiny", "photonics": {}})",
     {},
     "x.json: /photonics",
     "unknown key \"photonics\"",
     "one of the known keys (did you mean \"photonic\"?)"},
    {"MisspeltTiming",
     R"({"extends": "tiny", "hbm": {"timing": {"tRFI_ns": 3900}}})",
     {},
     "x.json: /hbm/timing/tRFI_ns",
     "unknown key \"tRFI_ns\"",
     "one of the known keys (did you mean \"tREFI_ns\"?)"},
    {"UnitLeftOut",
     R"({"extends": "tiny", "hbm": {"timing": {"tRFC": 350}}})",
     {},
     "x.json: /hbm/timing/tRFC",
     "unknown key \"tRFC\"",
     "one of the known keys (did you mean \"tRFC_ns\"?)"},
    {"WrongUnit",
     R"({"extends": "tiny", "dma": {"descriptor_ps": 10}})",
     {},
     "x.json: /dma/descriptor_ps",
     "unknown key \"descriptor_ps\"",
     "one of the known keys (did you mean \"descriptor_ns\"?)"},
    {"KeyInTheWrongObject",
     R"({"extends": "tiny", "context_tokens": 4096})",
     {},
     "x.json: /context_tokens",
     "unknown key \"context_tokens\"",
     "one of the known keys (did you mean the one at /workload/context_tokens?)"},
    {"NoDefault",
     R"({"extends": "accelerator"})",
     {},
     "x.json: /workload/model/ffn",
     "no value",
     "an integer from 1 to"},
    // Types and ranges.
    {"StringForInteger",
     R"({"extends": "tiny", "policy": {"k": "32"}})",
     {},
     "x.json: /policy/k",
     "\"32\" (a string)",
     "an integer from 1 to 4096"},
    {"FractionForInteger",
     R"({"extends": "tiny", "workload": {"batch": 1.5}})",
     {},
     "x.json: /workload/batch",
     "1.5",
     "an integer from 1 to 4096"},
    {"NumberForObject", R"({"extends": "tiny", "hbm": 3})", {}, "x.json: /hbm", "3", "an object"},
    {"ObjectForNumber",
     R"({"extends": "tiny", "seed": {}})",
     {},
     "x.json: /seed",
     "an object",
     "an integer from 0"},
    {"NullWhereAFigureIsNeeded",
     R"({"extends": "tiny", "photonic": {"adc_ns": null}})",
     {},
     "x.json: /photonic/adc_ns",
     "null",
     "a number from 0 to 1000000000"},
    {"ZeroK",
     R"({"extends": "tiny", "policy": {"k": 0}})",
     {},
     "x.json: /policy/k",
     "0",
     "an integer from 1 to 4096"},
    {"NegativeK",
     R"({"extends": "tiny", "policy": {"k": -4}})",
     {},
     "x.json: /policy/k",
     "-4",
     "an integer from 1 to 4096"},
    {"NegativeLatency",
     R"({"extends": "tiny", "interconnect": {"targets": {"hbm": {"latency_ns": -5}}}})",
     {},
     "x.json: /interconnect/targets/hbm/latency_ns",
     "-5",
     "a number from 0"},
    {"AbsurdLatency",
     R"({"extends": "tiny", "ram": {"access_ns": 1e12}})",
     {},
     "x.json: /ram/access_ns",
     "1000000000000.0",
     "a number from 0 to 1000000000"},
    {"ZeroClock",
     R"({"extends": "tiny", "compute": {"clock_mhz": 0}})",
     {},
     "x.json: /compute/clock_mhz",
     "0",
     "a number > 0 and <= 100000"},
    {"TooManyChannels",
     R"({"extends": "tiny", "dma": {"channels": 17}})",
     {},
     "x.json: /dma/channels",
     "17",
     "an integer from 1 to 16"},
    {"NothingOutstanding",
     R"({"extends": "tiny", "compute": {"port": {"max_outstanding": 0}}})",
     {},
     "x.json: /compute/port/max_outstanding",
     "0",
     "an integer from 1 to 4096"},
    {"UnknownPolicy",
     R"({"extends": "tiny", "policy": {"name": "oracel"}})",
     {},
     "x.json: /policy/name",
     "\"oracel\"",
     "\"dense\" or \"prism\""},
    {"UnknownCpu",
     R"({"extends": "tiny", "cpu": {"model": "rv64"}})",
     {},
     "x.json: /cpu/model",
     "\"rv64\"",
     "\"native\""},
    {"HeadDimension",
     R"({"extends": "tiny", "workload": {"model": {"head_dimension": 60}}})",
     {},
     "x.json: /workload/model/head_dimension",
     "60",
     "an integer from 8 to 1024, a multiple of 8"},
    {"AddressInWords",
     R"({"extends": "tiny", "memory_map": {"dma": {"base": "high"}}})",
     {},
     "x.json: /memory_map/dma/base",
     "\"high\"",
     "a string matching ^0x[0-9a-fA-F]{1,16}$ or an integer >= 0"},
    // What does not fit together.
    {"BlockNoPowerOfTwo",
     R"({"extends": "tiny", "policy": {"block_tokens": 96}})",
     {},
     "x.json: /policy/block_tokens",
     "96",
     "a power of two"},
    {"ContextNoMultiple",
     R"({"extends": "tiny", "workload": {"context_tokens": 2000}})",
     {},
     "x.json: /workload/context_tokens",
     "2000",
     "a multiple of policy.block_tokens (128)"},
    {"HeadsNoMultiple",
     R"({"extends": "tiny", "workload": {"model": {"query_heads": 5}}})",
     {},
     "x.json: /workload/model/query_heads",
     "5",
     "a multiple of kv_heads (2)"},
    {"MapOverlap",
     R"({"extends": "tiny", "memory_map": {"dma": {"base": "0x20080000"}}})",
     {},
     "x.json: /memory_map/dma/base",
     "0x20080000, where \"dma\" overlaps \"photonic\" (0x20000000 to 0x200fffff)",
     "ranges that do not overlap"},
    {"MapUnaligned",
     R"({"extends": "tiny", "memory_map": {"dma": {"base": "0x20900100"}}})",
     {},
     "x.json: /memory_map/dma/base",
     "0x20900100",
     "a multiple of 4096"},
    {"MapBeyondTheEnd",
     R"({"extends": "tiny", "memory_map": {"hbm": {"base": "0xfffffffffffff000"}}})",
     {},
     "x.json: /memory_map/hbm/base",
     "0xfffffffffffff000",
     "room for 17179869184 bytes below 2^64"},
    {"RamMoved",
     R"({"extends": "tiny", "memory_map": {"ram": {"base": "0x90000000"}}})",
     {},
     "x.json: /memory_map/ram/base",
     "0x90000000",
     "0x80000000, where the firmware finds its job"},
    {"WindowAboveCapacity",
     R"({"extends": "tiny", "memory_map": {"hbm": {"bytes": 68719476736}}})",
     {},
     "x.json: /memory_map/hbm/bytes",
     "68719476736",
     "at most 17179869184, the capacity of hbm.organization"},
    {"HbmTooSmall",
     R"({"extends": "decode_64k", "workload": {"context_tokens": 65536}, "hbm": {"organization": {"stacks": 1}}})",
     {},
     "x.json: /workload/context_tokens",
     "65536, which needs 17.",
     "at most 16 GiB, the size of the HBM"},
    {"RowsNoPowerOfTwo",
     R"({"extends": "tiny", "hbm": {"organization": {"rows": 1000}}})",
     {},
     "x.json: /hbm/organization/rows",
     "1000",
     "a power of two"},
    {"StacksNoPowerOfTwo",
     R"({"extends": "tiny", "hbm": {"organization": {"stacks": 3}}})",
     {},
     "x.json: /hbm/organization/stacks",
     "3",
     "a power of two"},
    {"BurstBytes",
     R"({"extends": "tiny", "hbm": {"organization": {"burst_bytes": 64}}})",
     {},
     "x.json: /hbm/organization/burst_bytes",
     "64",
     "burst_length x pseudo_channel_bits / 8 = 32"},
    {"PageBytes",
     R"({"extends": "tiny", "hbm": {"organization": {"columns": 256}}})",
     {},
     "x.json: /hbm/organization/columns",
     "256 (x burst_bytes = a page of 8192 bytes)",
     "a page of 1024 bytes (page_bytes)"},
    {"StackBytes",
     R"({"extends": "tiny", "hbm": {"organization": {"stack_bytes": 8589934592}}})",
     {},
     "x.json: /hbm/organization/stack_bytes",
     "8589934592",
     "17179869184, the product of the other counts"},
    {"ClockAgainstRate",
     R"({"extends": "tiny", "hbm": {"timing": {"tCK_ns": 0.5}}})",
     {},
     "x.json: /hbm/timing/tCK_ns",
     "0.5 (3.2 beats a clock at 6.4 Gb/s a pin)",
     "0.3125 or 0.625 (2 or 4 beats a clock)"},
    {"BurstAgainstRate",
     R"({"extends": "tiny", "hbm": {"timing": {"tBURST_ns": 2.5}}})",
     {},
     "x.json: /hbm/timing/tBURST_ns",
     "2.5",
     "1.25, burst_length / data_rate_gbps_per_pin"},
    {"RefreshLongerThanItsInterval",
     R"({"extends": "tiny", "hbm": {"timing": {"tRFC_ns": 5000}}})",
     {},
     "x.json: /hbm/timing/tRFC_ns",
     "5000",
     "less than tREFI_ns (3900)"},
    {"Watermarks",
     R"({"extends": "tiny", "hbm": {"controller": {"write_low_watermark": 0.9}}})",
     {},
     "x.json: /hbm/controller/write_low_watermark",
     "0.9",
     "at most write_high_watermark (0.75)"},
    {"AddressMap",
     R"({"extends": "tiny", "hbm": {"controller": {"address_map": "row[*] colum[*]"}}})",
     {},
     "x.json: /hbm/controller/address_map",
     "field 'colum'",
     "stack, channel, pseudochannel"},
    {"SignatureDimension",
     R"({"extends": "tiny", "policy": {"signature_dimension": 16}})",
     {},
     "x.json: /policy/signature_dimension",
     "16",
     "photonic.wavelengths (32)"},
    {"SignatureLongerThanAKey",
     R"({"extends": "tiny", "policy": {"signature_dimension": 128}, "photonic": {"wavelengths": 128}})",
     {},
     "x.json: /policy/signature_dimension",
     "128",
     "at most workload.model.head_dimension (64)"},
    {"TooManyBlocksToRank",
     R"({"extends": "tiny", "photonic": {"max_blocks": 8}})",
     {},
     "x.json: /photonic/max_blocks",
     "8",
     "at least 16, the blocks of a sequence"},
    {"ScratchpadTooSmall",
     R"({"extends": "tiny", "memory_map": {"scratchpad": {"bytes": 65536}}})",
     {},
     "x.json: /memory_map/scratchpad/bytes",
     "65536",
     "at least "},
    {"BanksNoPowerOfTwo",
     R"({"extends": "tiny", "scratchpad": {"banks": 12}})",
     {},
     "x.json: /scratchpad/banks",
     "12",
     "a power of two"},
    {"BurstNoPowerOfTwo",
     R"({"extends": "tiny", "dma": {"port": {"max_burst_bytes": 3000}}})",
     {},
     "x.json: /dma/port/max_burst_bytes",
     "3000",
     "a power of two"},
    // --set.
    {"SetUnknownKey",
     R"({"extends": "tiny"})",
     {"workload.contxt_tokens=5"},
     "--set workload.contxt_tokens=5: /workload/contxt_tokens",
     "unknown key \"contxt_tokens\"",
     "one of the known keys (did you mean \"context_tokens\"?)"},
    {"SetWrongType",
     R"({"extends": "tiny"})",
     {"policy.k=many"},
     "--set policy.k=many: /policy/k",
     "\"many\" (a string)",
     "an integer from 1 to 4096"},
    {"SetNoAssignment",
     R"({"extends": "tiny"})",
     {"policy.k"},
     "--set policy.k: /",
     "\"policy.k\"",
     "path=value"},
    {"SetEmptyName",
     R"({"extends": "tiny"})",
     {"policy..k=1"},
     "--set policy..k=1: /",
     "an empty name in the path",
     "names joined by dots"},
    {"SetBelowAValue",
     R"({"extends": "tiny"})",
     {"seed.x=1"},
     "--set seed.x=1: /seed",
     "an object",
     "an integer from 0"},
};

INSTANTIATE_TEST_SUITE_P(Kinds, BrokenConfigTest, testing::ValuesIn(kBroken),
                         [](const auto& kind) { return std::string(kind.param.name); });

struct BrokenCommand {
  const char* name;
  std::vector<std::string> arguments;
  std::vector<std::string> says;
};

void PrintTo(const BrokenCommand& broken, std::ostream* stream) {
  *stream << broken.name;
}

class BrokenCommandTest : public testing::TestWithParam<BrokenCommand> {};

TEST_P(BrokenCommandTest, EndsWithOneLine) {
  const TemporaryFolder folder;
  folder.write("tiny.json", R"({"extends": ")" + (kConfigs / "tiny.json").string() + "\"}");
  folder.write("taken", "");
  folder.write("no_base.json", R"({"axes": {"policy.k": [1]}})");
  folder.write("empty_axis.json", R"({"base": "tiny", "axes": {"policy.k": []}})");
  folder.write("misspelt.json", R"({"base": "tiny", "axes": {"policy.k": [1]}, "sets": {}})");
  folder.write("bad_point.json", R"({"base": "tiny", "axes": {"policy.k": [4, 0]}})");
  folder.write("bad_common.json", R"({"base": "tiny", "set": {"policy.kk": 1}, "axes": {"policy.k": [4]}})");
  folder.write("lost_base.json", R"({"base": "nowhere", "axes": {"policy.k": [4]}})");
  const Outcome outcome = run_program(folder, GetParam().arguments);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
  EXPECT_THAT(outcome.error, testing::StartsWith("prism-vp: error: "));
  for (const std::string& text : GetParam().says) EXPECT_THAT(outcome.error, HasSubstr(text));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

const BrokenCommand kCommands[] = {
    {"NoCommand", {}, {"subcommand is required"}},
    {"UnknownCommand", {"rum", "tiny.json"}, {"found the command \"rum\"", "did you mean \"run\"?"}},
    {"UnknownOption", {"run", "tiny.json", "--sett", "a=1"}, {"--sett"}},
    {"NoConfig", {"run"}, {"CONFIG is required"}},
    {"MissingFile",
     {"run", "nope.json"},
     {"nope.json: /: found no such file, expected a readable JSON file"}},
    {"Folder", {"validate", "."}, {".: /: found a directory, expected a readable JSON file"}},
    {"OutIsAFile", {"run", "tiny.json", "--out", "taken"}, {"taken: found a file, expected a folder"}},
    {"OutBelowAFile", {"run", "tiny.json", "--out", "taken/deeper"}, {"taken/deeper: found"}},
    {"NoJobs", {"sweep", "bad_point.json", "--jobs", "0"}, {"--jobs"}},
    {"SweepWithoutBase",
     {"sweep", "no_base.json"},
     {"no_base.json: /base: found no value, expected the file name"}},
    {"SweepEmptyAxis",
     {"sweep", "empty_axis.json"},
     {"empty_axis.json: /axes/policy.k: found [], expected an array"}},
    {"SweepMisspeltKey",
     {"sweep", "misspelt.json"},
     {"misspelt.json: /sets: found unknown key \"sets\"", "did you mean \"set\"?"}},
    {"SweepBadPoint",
     {"sweep", "bad_point.json"},
     {"bad_point.json (policy.k=0), point k-0: /policy/k: found 0, expected an integer from 1 to 4096"}},
    {"SweepBadCommon",
     {"sweep", "bad_common.json"},
     {"bad_common.json (policy.kk=1), point k-4: /policy/kk: found unknown key"}},
    {"SweepLostBase", {"sweep", "lost_base.json"}, {"nowhere.json: /: found no such file"}},
    {"DescribeWrongConfig",
     {"describe", "config", "tiny.json", "--set", "seed=-1"},
     {"/seed: found -1, expected an integer"}},
};

INSTANTIATE_TEST_SUITE_P(Kinds, BrokenCommandTest, testing::ValuesIn(kCommands),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace prism::test
