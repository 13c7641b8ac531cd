// SPDX-License-Identifier: Apache-2.0
// TLM extension: who asks and why. Ignorable, as the base protocol requires: a transaction without it counts
// as `other` from an unnamed initiator and carries data.
#pragma once

#include <cstdint>
#include <tlm>

#include "models/common/purpose.h"

namespace prism {

struct TransactionInfo : tlm::tlm_extension<TransactionInfo> {
  Purpose purpose = Purpose::kOther;
  /// Static name of the initiator, for logs and per-initiator statistics; never null.
  const char* initiator = "unknown";
  /// False for timing-only traffic (streamed weights): targets time it but neither read nor write the data
  /// pointer.
  bool carries_data = true;
  /// Program counter of the access, for guest-error logs; 0 when there is none.
  std::uint64_t program_counter = 0;

  tlm::tlm_extension_base* clone() const override;
  void copy_from(const tlm::tlm_extension_base& other) override;
};

/// The payload's extension, or a default one when it has none.
const TransactionInfo& transaction_info(const tlm::tlm_generic_payload& payload);

}  // namespace prism
