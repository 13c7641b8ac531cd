// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/result_cache.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "platform/cli/errors.h"
#include "platform/cli/load.h"
#include "platform/cli/output.h"
#include "platform/config/config_error.h"
#include "platform/config/json_reader.h"

namespace prism::cli {
namespace fs = std::filesystem;
namespace {

/// Runs under way are named KEY.HOST.PID in here.
constexpr const char* kScratch = "running";

/// SHA-1 in the form of a UUID (RFC 4122, version 5).
std::string hash_of(const std::string& text) {
  return to_string(boost::uuids::name_generator_sha1(boost::uuids::ns::oid())(text));
}

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

bool is_alive(const std::string& process) {
  const pid_t id = std::atoi(process.c_str());
  return id > 0 && (kill(id, 0) == 0 || errno != ESRCH);
}

}  // namespace

bool ResultCache::Result::is_final() const {
  return exit_status == kExitDone || exit_status == kExitSystemFailed;
}

ResultCache::ResultCache(fs::path folder) : folder_(std::move(folder)) {
  make_directory(folder_ / kScratch);
  remove_leftovers();
}

std::string ResultCache::key_of(const config::PlatformConfig& config, const std::string& program) {
  return hash_of(nlohmann::json{{"config", config.resolved}, {"program", program}}.dump());
}

std::optional<ResultCache::Result> ResultCache::find(const std::string& key) const {
  const fs::path folder = folder_of(key);
  if (!fs::exists(folder / "outcome.json")) return std::nullopt;
  try {
    const nlohmann::json outcome = config::read_json(folder / "outcome.json");
    return Result{outcome.at("exit_status").get<int>(), outcome.at("reason").get<std::string>(), folder};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // someone has written there
  } catch (const config::ConfigError&) {
    return std::nullopt;
  }
}

fs::path ResultCache::running_folder(const std::string& key) const {
  return folder_ / kScratch / (key + "." + host_name() + "." + std::to_string(getpid()));
}

fs::path ResultCache::begin(const std::string& key) const {
  fs::path folder = running_folder(key);
  fs::remove_all(folder);
  make_directory(folder);
  return folder;
}

void ResultCache::finish(const std::string& key, int exit_status, const std::string& reason) const {
  const fs::path folder = running_folder(key);
  const nlohmann::ordered_json outcome = {{"exit_status", exit_status}, {"reason", reason}};
  write_file(folder / "outcome.json", outcome.dump(2) + "\n");
  publish(folder, key);
}

void ResultCache::import_from(const ResultCache& other, const std::string& key) const {
  const auto theirs = other.find(key);
  if (!theirs || find(key)) return;
  const fs::path folder = begin(key);
  fs::copy(theirs->folder, folder, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  publish(folder, key);
}

void ResultCache::publish(const fs::path& scratch, const std::string& key) const {
  const auto earlier = find(key);
  if (earlier && earlier->exit_status == kExitDone) {  // another process was faster, with the same result
    fs::remove_all(scratch);
    return;
  }
  fs::remove_all(folder_of(key));
  std::error_code problem;
  fs::rename(scratch, folder_of(key), problem);
  if (problem && !find(key)) {
    throw InputError(folder_of(key).string() + ": found \"" + problem.message() +
                     "\", expected a folder that takes results");
  }
  fs::remove_all(scratch);
}

/// What killed processes of this machine have left.
void ResultCache::remove_leftovers() const {
  for (const auto& entry : fs::directory_iterator(folder_ / kScratch)) {
    const std::string name = entry.path().filename().string();
    const std::string tail = "." + host_name() + ".";
    const auto found = name.rfind(tail);
    if (found == std::string::npos || is_alive(name.substr(found + tail.size()))) continue;
    std::error_code ignored;
    fs::remove_all(entry.path(), ignored);
  }
}

std::string program_identity() {
  std::string text = content_of(executable());
  try {
    text += content_of(firmware_file("decode"));
  } catch (const InputError&) {
    // Not built: no run can depend on it.
  }
  return hash_of(text);
}

}  // namespace prism::cli
