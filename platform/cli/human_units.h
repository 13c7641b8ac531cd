// SPDX-License-Identifier: Apache-2.0
// Numbers for people: three or four digits and a fitting unit.
#pragma once

#include <string>

namespace prism::cli {

std::string human_bytes(double bytes);      // "224.0 MiB"
std::string human_time_ns(double ns);       // "4.73 ms"
std::string human_energy_pj(double pj);     // "12.3 mJ"
std::string human_ratio(double ratio);      // "16.00x"
std::string human_fraction(double value);   // "0.875"
std::string human_tokens(double tokens);    // "64K", "1000"
std::string human_rate(double per_second);  // "211.4"

}  // namespace prism::cli
