// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace prism::gdb {

/// The registers of an RV64 machine-mode hart, in gdb's XML (target.xml): integer registers, pc, and the CSRs
/// of the RV64 core. Numbers as in gdb_target.h.
std::string target_description();

}  // namespace prism::gdb
