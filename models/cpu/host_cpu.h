// SPDX-License-Identifier: Apache-2.0
// What the platform asks of the host CPU, whichever model runs the firmware.
#pragma once

#include <string>

#include "models/common/purpose.h"
#include "models/common/statistics.h"

namespace prism::cpu {

class HostCpu {
 public:
  virtual ~HostCpu() = default;

  /// Of successful bus transactions.
  virtual const PurposeCounters& bytes_read() const = 0;
  virtual const PurposeCounters& bytes_written() const = 0;
  /// Where the CPU is and what it waits for, in words: for the report of a run that hangs.
  virtual std::string state() const = 0;
  virtual void report(ModuleStatistics& out) const = 0;
};

}  // namespace prism::cpu
