// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "platform/config/config.h"

namespace prism::cli {

/// Finished runs in one folder, each in a subfolder named after what it is a result of. A subfolder appears
/// complete, by a rename, or not at all; several processes, on several machines, may share the folder.
class ResultCache {
 public:
  struct Result {
    int exit_status = 0;
    std::string reason;            // of a failure: one line
    std::filesystem::path folder;  // with report.json, outcome.json, run.log

    /// The run would end the same way again. A killed process or a full disk is worth another try.
    bool is_final() const;
  };

  explicit ResultCache(std::filesystem::path folder);

  /// Names a run: a hash of everything that determines its result, which is the resolved configuration, the
  /// program, and the firmware that it runs (see program_identity).
  static std::string key_of(const config::PlatformConfig& config, const std::string& program);

  std::filesystem::path folder_of(const std::string& key) const { return folder_ / key; }
  std::optional<Result> find(const std::string& key) const;
  /// A new folder for a run under way, of this process alone.
  std::filesystem::path begin(const std::string& key) const;
  /// begin()'s folder, once again.
  std::filesystem::path running_folder(const std::string& key) const;
  /// The run in begin()'s folder has ended: its result is in the cache from now on.
  void finish(const std::string& key, int exit_status, const std::string& reason) const;
  /// Takes over a result of another cache, if it has one and this one has not.
  void import_from(const ResultCache& other, const std::string& key) const;

 private:
  void remove_leftovers() const;
  void publish(const std::filesystem::path& scratch, const std::string& key) const;

  std::filesystem::path folder_;
};

/// A hash of the running program and of the decode firmware's file, if there is one: results of another build
/// are not taken for this one's.
std::string program_identity();

}  // namespace prism::cli
