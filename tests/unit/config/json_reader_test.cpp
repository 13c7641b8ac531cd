// SPDX-License-Identifier: Apache-2.0
#include "platform/config/json_reader.h"

#include <gtest/gtest.h>

#include "platform/config/config_error.h"
#include "tests/support/temporary_folder.h"

namespace prism::config {
namespace {

ConfigError error_of(const std::string& text) {
  try {
    parse_json(text, "x.json");
  } catch (const ConfigError& error) {
    return error;
  }
  throw std::logic_error("accepted: " + text);
}

TEST(JsonReader, AllowsCommentsAndKeepsTheOrderOfMembers) {
  const auto document =
      parse_json("// first\n{\"b\": 1, /* between */ \"a\": [true, null, \"x\", -2, 0.5]}\n", "x.json");
  EXPECT_EQ(document.dump(), R"({"b":1,"a":[true,null,"x",-2,0.5]})");
}

TEST(JsonReader, PlacesASyntaxErrorByLineColumnAndPointer) {
  const ConfigError error = error_of("{\n  \"a\": {\"b\": [1, 2 \"c\"]}\n}");
  EXPECT_EQ(error.file(), "x.json:2:22");
  EXPECT_EQ(error.pointer(), "/a/b/2");
  EXPECT_EQ(error.found(), "string literal");
  EXPECT_EQ(error.expected(), "']'");
}

TEST(JsonReader, SaysWhereATruncatedFileEnds) {
  const ConfigError error = error_of("{\"a\": 1,\n \"b\": {\"c\": 2");
  EXPECT_EQ(error.file(), "x.json:2:14");
  EXPECT_EQ(error.found(), "end of input");
  EXPECT_EQ(error.expected(), "'}'");
}

TEST(JsonReader, RejectsADuplicateKey) {
  const ConfigError error = error_of(R"({"a": {"k": 1, "x": {}, "k": 2}})");
  EXPECT_EQ(error.pointer(), "/a/k");
  EXPECT_EQ(std::string(error.what()),
            "x.json: /a/k: found the key \"k\" a second time, expected each key once in an object");
}

TEST(JsonReader, RejectsAnEmptyFileGarbageAndAHugeNumber) {
  EXPECT_EQ(error_of("").found(), "end of input");
  EXPECT_EQ(error_of("{} x").file(), "x.json:1:4");
  EXPECT_NE(std::string(error_of("{\"a\": 1e999}").what()).find("1e999"), std::string::npos);
}

TEST(JsonReader, RejectsWhatIsNoFile) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(read_json(folder.path() / "missing.json"), ConfigError);
  EXPECT_THROW(read_json(folder.path()), ConfigError);
}

TEST(JsonReader, EscapesPointers) {
  EXPECT_EQ(pointer_to("/a", "b/c~d"), "/a/b~1c~0d");
}

}  // namespace
}  // namespace prism::config
