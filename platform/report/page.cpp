// SPDX-License-Identifier: Apache-2.0
#include "platform/report/page.h"

#include "platform/report/web_assets.h"

namespace prism::report {
namespace {

/// JSON as it may stand within a script element: no text in it ends the element.
template <typename Json>
std::string for_script(const Json& value) {
  std::string text;
  for (const char c : value.dump()) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return text;
}

std::string page(const std::string& title, const std::string& data, std::string_view script) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>";
  html += title;
  html += "</title>\n<style>\n";
  html += page_style();
  html += "</style>\n</head>\n<body>\n<main id=\"page\"></main>\n<script>\n";
  html += chart_library();
  html += "\n</script>\n<script id=\"data\" type=\"application/json\">";
  html += data;
  html += "</script>\n<script>\n";
  html += common_script();
  html += script;
  html += "</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace

std::string report_page(const std::vector<NamedReport>& reports) {
  nlohmann::json data = nlohmann::json::array();
  for (const NamedReport& item : reports) data.push_back({{"name", item.name}, {"report", item.report}});
  return page("prism-vp report", for_script(data), report_script());
}

std::string sweep_page(const nlohmann::ordered_json& sweep) {
  return page("prism-vp sweep", for_script(sweep), sweep_script());
}

}  // namespace prism::report
