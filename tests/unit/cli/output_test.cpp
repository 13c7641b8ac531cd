// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/output.h"

#include <gtest/gtest.h>

#include "platform/cli/errors.h"
#include "tests/support/temporary_folder.h"

namespace prism::cli {
namespace {

TEST(Output, ReplacesAFileAndLeavesNothingElseBehind) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("report.json", "old");
  write_file(file, "new");
  EXPECT_EQ(test::TemporaryFolder::read(file), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Output, AFileInTheWayIsTheUsersMistake) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("taken", "");
  EXPECT_THROW(make_directory(file), InputError);
  EXPECT_THROW(make_directory(file / "below"), InputError);
  EXPECT_NO_THROW(make_directory(folder.path() / "a" / "b"));
  EXPECT_NO_THROW(make_directory(folder.path() / "a" / "b"));
}

TEST(Output, AMissingFolderIsReported) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(write_file(folder.path() / "missing" / "report.json", "x"), InputError);
}

}  // namespace
}  // namespace prism::cli
