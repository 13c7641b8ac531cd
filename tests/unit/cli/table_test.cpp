// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/table.h"

#include <gtest/gtest.h>

namespace prism::cli {
namespace {

TEST(Table, AlignsColumnsAndLeavesNoTrailingSpaces) {
  Table table({"policy", "time", "note"}, 1);
  table.add_row({"dense", "12.50 ms", "-"});
  table.add_row({"a", "1 s", "-"});
  EXPECT_EQ(table.text(),
            "policy      time  note\n"
            "------  --------  ----\n"
            "dense   12.50 ms     -\n"
            "a            1 s     -\n");
}

TEST(Table, LeftColumns) {
  Table table({"a", "b"}, 2);
  table.add_row({"1", "long"});
  table.add_row({"22", "x"});
  EXPECT_EQ(table.text(), "a   b\n--  ----\n1   long\n22  x\n");
}

}  // namespace
}  // namespace prism::cli
