// SPDX-License-Identifier: Apache-2.0
// Every file under configs/ is right: whole configurations as they are, fragments in the place they are meant
// for.
#include <gtest/gtest.h>

#include <filesystem>

#include "platform/config/config.h"
#include "platform/config/json_reader.h"
#include "platform/config/photonic_preset.h"

namespace prism::config {
namespace {

namespace fs = std::filesystem;

const fs::path kConfigs = fs::path(PRISM_SOURCE_DIR) / "configs";

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

TEST(ShippedConfigs, WholeConfigurationsAreValid) {
  const auto files = files_of(kConfigs);
  EXPECT_GE(files.size(), 3U);
  for (const fs::path& file : files) {
    if (file.filename() == "accelerator.json") continue;  // hardware only
    EXPECT_NO_THROW(parse_config(ConfigTree::load(file))) << file;
  }
}

TEST(ShippedConfigs, EveryHbmPresetFitsTheAccelerator) {
  const auto files = files_of(kConfigs / "hbm");
  EXPECT_GE(files.size(), 1U);
  for (const fs::path& file : files) {
    ConfigTree tree = ConfigTree::load(kConfigs / "tiny.json");
    tree.set("hbm", {{"extends", file.string()}}, "test");
    EXPECT_NO_THROW(parse_config(tree)) << file;
  }
}

TEST(ShippedConfigs, EveryModelIsAValidShape) {
  const auto files = files_of(kConfigs / "models");
  EXPECT_GE(files.size(), 1U);
  for (const fs::path& file : files) {
    ConfigTree tree = ConfigTree::load(kConfigs / "decode_64k.json");
    tree.set("workload.model", {{"extends", file.string()}}, "test");
    tree.set("hbm.organization.stacks=64");  // room for the largest
    EXPECT_NO_THROW(parse_config(tree)) << file;
  }
}

TEST(ShippedConfigs, EveryPhotonicPresetFitsTheAcceleratorAndStandsAlone) {
  const auto files = files_of(kConfigs / "photonic");
  EXPECT_GE(files.size(), 3U);
  for (const fs::path& file : files) {
    ConfigTree tree = ConfigTree::load(kConfigs / "tiny.json");
    tree.set("photonic", {{"extends", file.string()}}, "test");
    EXPECT_NO_THROW(parse_config(tree)) << file;
    EXPECT_NO_THROW(parse_photonic_preset(ConfigTree::load(file))) << file;
  }
}

TEST(ShippedConfigs, PresetsSayWhereTheirNumbersComeFrom) {
  for (const fs::path& file : files_of(kConfigs / "photonic")) {
    const auto resolved = parse_photonic_preset(ConfigTree::load(file)).resolved;
    EXPECT_TRUE(resolved.contains("source")) << file;
    for (const char* block : {"ring", "channels", "drive", "calibration", "thermal", "link", "query",
                              "detector", "adc", "store"}) {
      EXPECT_TRUE(resolved.at(block).contains("origin")) << file << " " << block;
    }
  }
  for (const char* folder : {"hbm", "models"}) {
    for (const fs::path& file : files_of(kConfigs / folder)) {
      EXPECT_TRUE(read_json(file).contains("source")) << file;
    }
  }
}

}  // namespace
}  // namespace prism::config
