// SPDX-License-Identifier: Apache-2.0
#include "models/common/transaction_info.h"

namespace prism {

tlm::tlm_extension_base* TransactionInfo::clone() const {
  return new TransactionInfo(*this);
}

void TransactionInfo::copy_from(const tlm::tlm_extension_base& other) {
  const auto& from = static_cast<const TransactionInfo&>(other);
  purpose = from.purpose;
  initiator = from.initiator;
  carries_data = from.carries_data;
  program_counter = from.program_counter;
}

const TransactionInfo& transaction_info(const tlm::tlm_generic_payload& payload) {
  static const TransactionInfo kDefault;
  const TransactionInfo* info = nullptr;
  payload.get_extension(info);
  return info != nullptr ? *info : kDefault;
}

}  // namespace prism
