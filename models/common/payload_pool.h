// SPDX-License-Identifier: Apache-2.0
// Recycles generic payloads for non-blocking transport. Each payload owns a TransactionInfo for its whole
// life, so issuing a transaction allocates nothing once the pool is warm.
#pragma once

#include <memory>
#include <tlm>
#include <vector>

#include "models/common/transaction_info.h"

namespace prism {

class PayloadPool : public tlm::tlm_mm_interface {
 public:
  PayloadPool() = default;
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;
  ~PayloadPool() override;

  /// A payload with one reference held by the caller, who must release() it. Its TransactionInfo has
  /// defaults.
  tlm::tlm_generic_payload& allocate();

  /// Payloads in use; 0 when every transaction has ended.
  std::size_t in_use() const { return all_.size() - free_.size(); }

 private:
  void free(tlm::tlm_generic_payload* payload) override;

  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload*> free_;
};

}  // namespace prism
