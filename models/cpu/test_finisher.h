// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <systemc>

#include "models/common/register_bank.h"
#include "models/common/register_target.h"
#include "models/cpu/cpu_config.h"

namespace prism::cpu {

/// The guest's exit (prism/hw/finisher.h), as QEMU's sifive_test. The reset command is not supported: logged
/// and ignored, as every unknown value.
class TestFinisher : public sc_core::sc_module {
 public:
  RegisterTarget registers;

  /// `on_exit` runs in the process of the CPU that writes; it usually calls sc_stop().
  TestFinisher(sc_core::sc_module_name name, const FinisherConfig& config,
               std::function<void(int exit_code)> on_exit);

  /// 0: passed; nothing before the guest's exit. The first exit counts.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  void write_control(std::uint32_t value);

  RegisterBank bank_;
  std::function<void(int)> on_exit_;
  std::optional<int> exit_code_;
};

}  // namespace prism::cpu
