// SPDX-License-Identifier: Apache-2.0
#include "platform/config/json_reader.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "platform/config/config_error.h"

namespace prism::config {
namespace {

using Json = nlohmann::ordered_json;

/// "line:column" of the byte at `position` (counted from 1).
std::string place(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, position == 0 ? 0 : std::min(position - 1, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0: the first line
  return std::to_string(line) + ":" + std::to_string(before.size() - line_start + 1);
}

/// Builds the document from the parser's events, and knows where it is when an error comes.
class Builder {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  Builder(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Json take() { return std::move(root_); }
  const std::optional<ConfigError>& error() const { return error_; }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(number_integer_t value) { return add(value); }
  bool number_unsigned(number_unsigned_t value) { return add(value); }
  bool number_float(number_float_t value, const string_t&) { return add(value); }
  bool string(string_t& value) { return add(std::move(value)); }
  bool binary(binary_t&) { return false; }  // not a JSON text's

  bool start_object(std::size_t) { return open(Json::object()); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    if (open_.back()->contains(name)) {
      error_.emplace(file_, pointer_to(pointer(), name), "the key \"" + name + "\" a second time",
                     "each key once in an object");
      return false;
    }
    keys_.back() = name;
    return true;
  }

  /// nlohmann's message ends "... - unexpected FOUND; expected EXPECTED", each part of which may be absent.
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& problem) {
    const std::string message = problem.what();
    const std::size_t dash = message.find(" - ");
    const std::size_t bracket = message.find("] ");
    std::string found = message.substr(dash != std::string::npos ? dash + 3 : bracket + 2);
    std::string expected = "valid JSON";
    if (const std::size_t split = found.rfind("; expected "); split != std::string::npos) {
      expected = found.substr(split + 11);
      found.resize(split);
    }
    if (constexpr std::string_view kPrefix = "unexpected "; found.starts_with(kPrefix))
      found.erase(0, kPrefix.size());
    error_.emplace(file_ + ":" + place(text_, position), pointer(), found, expected);
    return false;
  }

 private:
  std::string pointer() const {
    std::string result;
    for (std::size_t level = 0; level < open_.size(); ++level) {
      if (open_[level]->is_array()) {
        result = pointer_to(result, std::to_string(open_[level]->size()));
      } else if (!keys_[level].empty()) {
        result = pointer_to(result, keys_[level]);
      }
    }
    return result;
  }

  Json* place_value(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    Json& slot = parent[keys_.back()];
    slot = std::move(value);
    return &slot;
  }

  bool add(Json value) {
    place_value(std::move(value));
    if (!keys_.empty()) keys_.back().clear();
    return true;
  }
  bool open(Json value) {
    open_.push_back(place_value(std::move(value)));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    keys_.pop_back();
    if (!keys_.empty()) keys_.back().clear();
    return true;
  }

  std::string_view text_;
  const std::string& file_;
  Json root_;
  std::vector<Json*> open_;        // the objects and arrays around the current place
  std::vector<std::string> keys_;  // of each: the member under way
  std::optional<ConfigError> error_;
};

}  // namespace

std::string pointer_to(const std::string& pointer, std::string_view key) {
  std::string result = pointer + "/";
  for (const char c : key) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

Json parse_json(std::string_view text, const std::string& file) {
  Builder builder(text, file);
  if (!Json::sax_parse(text, &builder, Json::input_format_t::json, true, true))
    throw ConfigError(*builder.error());
  return builder.take();
}

Json read_json(const std::filesystem::path& file) {
  const std::string name = file.string();
  const std::string expected = "a readable JSON file";
  if (!std::filesystem::exists(file)) throw ConfigError(name, "", "no such file", expected);
  if (std::filesystem::is_directory(file)) throw ConfigError(name, "", "a directory", expected);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw ConfigError(name, "", "a file that cannot be opened", expected);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  return parse_json(text, name);
}

}  // namespace prism::config
