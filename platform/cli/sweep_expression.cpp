// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_expression.h"

#include <muparserx/mpParser.h>

#include <cmath>
#include <deque>
#include <utility>
#include <vector>

namespace prism::cli {
namespace {

using Json = nlohmann::ordered_json;

/// floor, ceil and round, which the library lacks.
class Rounding : public mup::ICallback {
 public:
  Rounding(const char* name, double (*function)(double))
      : mup::ICallback(mup::cmFUNC, name, 1), function_(function) {}

  void Eval(mup::ptr_val_type& result, const mup::ptr_val_type* arguments, int) override {
    *result = static_cast<mup::int_type>(function_(arguments[0]->GetFloat()));
  }
  const mup::char_type* GetDesc() const override { return "rounds to an integer"; }
  mup::IToken* Clone() const override { return new Rounding(*this); }

 private:
  double (*function_)(double);
};

mup::Value to_value(const std::string& path, const Json& json) {
  if (json.is_boolean()) return mup::Value(json.get<bool>());
  if (json.is_number_integer()) return mup::Value(static_cast<mup::int_type>(json.get<std::int64_t>()));
  if (json.is_number()) return mup::Value(json.get<double>());
  if (json.is_string()) return mup::Value(json.get<std::string>());
  if (json.is_null()) {
    throw ExpressionError("the key " + path + ", which neither the base, nor \"set\", nor an axis gives");
  }
  throw ExpressionError("the key " + path + ", which is no number, string or truth value");
}

Json to_json(const mup::IValue& value) {
  switch (value.GetType()) {
    case 'b':
      return value.GetBool();
    case 's':
      return value.GetString();
    case 'i':
      return static_cast<std::int64_t>(std::llround(value.GetFloat()));
    default:
      break;
  }
  const double number = value.GetFloat();
  if (!std::isfinite(number)) throw ExpressionError("a result that is no number");
  return number;
}

}  // namespace

Json evaluate(const std::string& formula, const KeyLookup& lookup) {
  try {
    mup::ParserX parser(mup::pckALL_NON_COMPLEX);
    parser.DefineNameChars("0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    parser.DefineFun(new Rounding("floor", std::floor));
    parser.DefineFun(new Rounding("ceil", std::ceil));
    parser.DefineFun(new Rounding("round", std::round));
    parser.EnableAutoCreateVar(true);
    parser.SetExpr(formula);
    std::vector<std::string> names;
    for (const auto& variable : parser.GetExprVar()) names.push_back(variable.first);
    std::deque<mup::Value> values;  // referred to by the parser
    for (const std::string& name : names) {
      values.push_back(to_value(name, lookup(name)));
      if (parser.IsVarDefined(name)) parser.RemoveVar(name);
      parser.DefineVar(name, mup::Variable(&values.back()));
    }
    return to_json(parser.Eval());
  } catch (const mup::ParserError& error) {
    throw ExpressionError("\"" + formula + "\" (" + error.GetMsg() + ")");
  }
}

}  // namespace prism::cli
