// SPDX-License-Identifier: Apache-2.0
#include "platform/config/schema.h"

#include <algorithm>
#include <regex>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "platform/config/json_reader.h"
#include "platform/config/suggestion.h"

namespace prism::config {
namespace {

using Json = nlohmann::json;

std::string join(const std::vector<std::string>& items, const std::string& last_separator) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? last_separator : ", ";
    text += items[i];
  }
  return text;
}

std::string with_article(const std::string& type) {
  if (type == "boolean") return "true or false";
  if (type == "null") return type;
  return (std::string_view("aeiou").find(type[0]) != std::string_view::npos ? "an " : "a ") + type;
}

/// What a schema node asks for, in words: "an integer from 1 to 16".
std::string describe_node(const Json& node) {
  std::vector<std::string> parts;
  if (const auto values = node.find("enum"); values != node.end()) {
    for (const Json& value : *values) parts.push_back(value.dump());
    return join(parts, " or ");
  }
  const Json types = node.at("type").is_array() ? node.at("type") : Json::array({node.at("type")});
  for (const Json& type : types) {
    std::string text = with_article(type.get<std::string>());
    if (type == "integer" || type == "number") {
      const bool bounded = node.contains("minimum") && node.contains("maximum");
      if (bounded) {
        text += " from " + node["minimum"].dump() + " to " + node["maximum"].dump();
      } else {
        if (node.contains("minimum")) text += " >= " + node["minimum"].dump();
        if (node.contains("exclusiveMinimum")) text += " > " + node["exclusiveMinimum"].dump();
        if (node.contains("maximum")) text += " and <= " + node["maximum"].dump();
      }
      if (node.contains("multipleOf")) text += ", a multiple of " + node["multipleOf"].dump();
    }
    if (type == "string" && node.contains("pattern"))
      text += " matching " + node["pattern"].get<std::string>();
    if (type == "string" && node.contains("minLength")) text += " that is not empty";
    parts.push_back(text);
  }
  return join(parts, " or ");
}

/// The value, and its type where that is what is wrong.
std::string describe_value(const Json& value, const std::string& expected) {
  if (value.is_object() || value.is_array()) return with_article(value.type_name());
  constexpr std::size_t kLongest = 60;
  std::string text = value.dump();
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  const bool strings_allowed =
      expected.find("string") != std::string::npos || expected.find('"') != std::string::npos;
  return value.is_string() && !strings_allowed ? text + " (a string)" : text;
}

/// valijson's path {"<root>", "[hbm]", "[timing]"} as a JSON pointer.
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (std::size_t i = 1; i < context.size(); ++i) {
    pointer = pointer_to(pointer, std::string_view(context[i]).substr(1, context[i].size() - 2));
  }
  return pointer;
}

bool is_known(const Json& node, const std::string& key) {
  if (node.at("properties").contains(key)) return true;
  const auto patterns = node.find("patternProperties");
  if (patterns == node.end()) return false;
  return std::any_of(patterns->items().begin(), patterns->items().end(),
                     [&](const auto& item) { return std::regex_search(key, std::regex(item.key())); });
}

}  // namespace

Schema Schema::of_section(const std::string& name) {
  nlohmann::json document = nlohmann::json::parse(schema_text());
  nlohmann::json section = document.at("definitions").at(name);
  section["definitions"] = std::move(document["definitions"]);
  return Schema(std::move(section));
}

void Schema::validate(const ConfigTree& tree) const {
  valijson::Schema compiled;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(document_);
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(schema_adapter, compiled);
  const valijson::adapters::NlohmannJsonAdapter value_adapter(tree.root());
  valijson::ValidationResults results;
  if (valijson::Validator().validate(compiled, value_adapter, &results)) return;

  // An error inside an object is followed by one for every object around it: the deepest is the one to name.
  const auto deepest = std::max_element(results.begin(), results.end(), [](const auto& a, const auto& b) {
    return a.context.size() < b.context.size();
  });
  const std::string pointer = pointer_of(deepest->context);
  reject_unknown_keys(tree, pointer);
  const Json* node = node_at(pointer);
  const Json& value = tree.root().at(Json::json_pointer(pointer));
  const std::string expected = node ? describe_node(*node) : deepest->description;
  throw tree.error(pointer, describe_value(value, expected), expected);
}

void Schema::reject_unknown_keys(const ConfigTree& tree, const std::string& pointer) const {
  const Json* node = node_at(pointer);
  const Json& object = tree.root().at(Json::json_pointer(pointer));
  if (!node || !node->contains("properties") || !object.is_object()) return;
  for (const auto& item : object.items()) {
    if (is_known(*node, item.key())) continue;
    throw tree.error(pointer_to(pointer, item.key()), "unknown key \"" + item.key() + "\"",
                     expected_key(*node, item.key()));
  }
}

std::string Schema::expected_key(const Json& node, const std::string& key) const {
  std::vector<std::string> names;
  for (const auto& property : node.at("properties").items()) names.push_back(property.key());
  if (const auto meant = closest(key, names))
    return "one of the known keys (did you mean \"" + *meant + "\"?)";
  // A known key in the wrong object is worth a hint, too.
  for (const std::string& leaf : leaves()) {
    if (leaf.ends_with("/" + key)) return "one of the known keys (did you mean the one at " + leaf + "?)";
  }
  constexpr std::size_t kMostNames = 12;
  if (names.size() > kMostNames) return "one of the known keys (see prism-vp describe schema)";
  return "one of the keys " + join(names, " and ");
}

Json Schema::complete(const ConfigTree& tree) const {
  Json result = tree.root();
  fill(document_, result, "", tree);
  return result;
}

void Schema::fill(const Json& node, Json& value, const std::string& pointer, const ConfigTree& tree) const {
  for (const auto& property : node.at("properties").items()) {
    const Json& child = resolve(property.value());
    const std::string place = pointer_to(pointer, property.key());
    if (child.contains("properties")) {
      Json& object = value[property.key()];
      if (object.is_null()) object = Json::object();
      fill(child, object, place, tree);
    } else if (!value.contains(property.key())) {
      if (!child.contains("default")) {
        throw tree.error(place, "no value",
                         describe_node(child) + " (" + child.value("description", "") + ")");
      }
      value[property.key()] = child["default"];
    } else if (const auto items = child.find("items");
               items != child.end() && items->contains("properties")) {
      Json& array = value[property.key()];
      for (std::size_t i = 0; i < array.size(); ++i)
        fill(*items, array[i], pointer_to(place, std::to_string(i)), tree);
    }
  }
}

std::vector<std::string> Schema::leaves() const {
  std::vector<std::string> result;
  collect(document_, "", result);
  return result;
}

void Schema::collect(const Json& node, const std::string& pointer, std::vector<std::string>& leaves) const {
  for (const auto& property : node.at("properties").items()) {
    const Json& child = resolve(property.value());
    const std::string place = pointer_to(pointer, property.key());
    if (child.contains("properties")) {
      collect(child, place, leaves);
    } else {
      leaves.push_back(place);
    }
  }
}

const Json& Schema::resolve(const Json& node) const {
  const auto reference = node.find("$ref");
  if (reference == node.end()) return node;
  return document_.at(Json::json_pointer(reference->get<std::string>().substr(1)));  // after '#'
}

const Json* Schema::node_at(const std::string& pointer) const {
  const Json* node = &document_;
  Json::json_pointer path(pointer);
  std::vector<std::string> keys;
  for (; !path.empty(); path.pop_back()) keys.push_back(path.back());
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    const auto properties = node->find("properties");
    if (const auto items = node->find("items"); items != node->end()) {
      node = &resolve(*items);
    } else if (properties == node->end() || !properties->contains(*key)) {
      return nullptr;
    } else {
      node = &resolve((*properties)[*key]);
    }
  }
  return node;
}

}  // namespace prism::config
