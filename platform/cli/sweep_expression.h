// SPDX-License-Identifier: Apache-2.0
// Formulas over configuration keys: "policy.k * policy.block_tokens <= workload.context_tokens".
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace prism::cli {

/// What is wrong with a formula, without the place it stands in.
class ExpressionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The value of a key, by its dotted path; null where there is none.
using KeyLookup = std::function<nlohmann::ordered_json(const std::string& path)>;

/// Numbers, strings and true/false; + - * / ^, comparisons, && ||, ?:, and functions such as min, max, log2
/// (the muparserx library), and floor, ceil, round. Throws ExpressionError.
nlohmann::ordered_json evaluate(const std::string& formula, const KeyLookup& lookup);

}  // namespace prism::cli
