// SPDX-License-Identifier: Apache-2.0
// Typed access to one object of a complete configuration. The schema has vouched for presence, types and
// ranges.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/common/units.h"
#include "platform/config/json_reader.h"

namespace prism::config {

class Section {
 public:
  /// `reads`, if given, gets the pointer of every value read.
  Section(const nlohmann::json& object, std::string pointer, std::set<std::string>* reads)
      : object_(object), pointer_(std::move(pointer)), reads_(reads) {}

  Section child(std::string_view key) const { return {object_.at(key), pointer_to(pointer_, key), reads_}; }

  const std::string& pointer() const { return pointer_; }

  std::uint64_t u64(std::string_view key) const { return value(key).get<std::uint64_t>(); }
  std::uint32_t u32(std::string_view key) const { return value(key).get<std::uint32_t>(); }
  double number(std::string_view key) const { return value(key).get<double>(); }
  bool flag(std::string_view key) const { return value(key).get<bool>(); }
  std::string text(std::string_view key) const { return value(key).get<std::string>(); }
  /// A duration; its key ends in _ns.
  Picoseconds ns(std::string_view key) const { return ps_from_ns(number(key)); }
  /// A figure that may be null, unknown: then negative.
  double number_or_unknown(std::string_view key) const { return number_or(key, -1.0); }
  double number_or(std::string_view key, double if_null) const {
    return value(key).is_null() ? if_null : number(key);
  }
  std::optional<std::uint64_t> optional_u64(std::string_view key) const {
    return value(key).is_null() ? std::nullopt : std::optional(u64(key));
  }
  /// An address: an integer, or a hexadecimal string.
  std::uint64_t address(std::string_view key) const { return address_of(value(key)); }
  std::vector<std::uint64_t> addresses(std::string_view key) const {
    std::vector<std::uint64_t> all;
    for (const nlohmann::json& item : value(key)) all.push_back(address_of(item));
    return all;
  }
  std::string text_or(std::string_view key, const char* if_null) const {
    return value(key).is_null() ? if_null : text(key);
  }
  std::vector<double> numbers(std::string_view key) const { return value(key).get<std::vector<double>>(); }
  std::vector<std::uint32_t> u32s(std::string_view key) const {
    return value(key).get<std::vector<std::uint32_t>>();
  }
  /// The objects of an array.
  std::vector<Section> items(std::string_view key) const {
    std::vector<Section> all;
    for (const nlohmann::json& item : value(key)) {
      all.emplace_back(item, pointer_to(pointer_to(pointer_, key), std::to_string(all.size())), nullptr);
    }
    return all;
  }
  /// The value of the enumeration that has this name.
  template <typename Enum>
  Enum choice(std::string_view key, std::initializer_list<std::pair<std::string_view, Enum>> names) const {
    for (const auto& [name, result] : names) {
      if (name == text(key)) return result;
    }
    throw std::logic_error("the schema allows a " + std::string(key) + " that the parser does not know");
  }
  /// The note `name` of this object, or nothing.
  std::string note() const { return object_.value("name", ""); }

 private:
  static std::uint64_t address_of(const nlohmann::json& value) {
    return value.is_string() ? std::stoull(value.get<std::string>(), nullptr, 16)
                             : value.get<std::uint64_t>();
  }
  const nlohmann::json& value(std::string_view key) const {
    if (reads_) reads_->insert(pointer_to(pointer_, key));
    return object_.at(key);
  }

  const nlohmann::json& object_;
  std::string pointer_;
  std::set<std::string>* reads_;
};

}  // namespace prism::config
