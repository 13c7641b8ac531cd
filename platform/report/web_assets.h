// SPDX-License-Identifier: Apache-2.0
// Files of platform/report/web, and the charting library, as compiled into the program.
#pragma once

#include <string_view>

namespace prism::report {

std::string_view page_style();
std::string_view common_script();
std::string_view report_script();
std::string_view sweep_script();
std::string_view chart_library();

}  // namespace prism::report
