// SPDX-License-Identifier: Apache-2.0
#include "models/common/payload_pool.h"

namespace prism {

PayloadPool::~PayloadPool() {
  // Transactions still under way when a simulation stops early are dropped with the pool.
  for (auto& payload : all_) payload->set_mm(nullptr);
}

tlm::tlm_generic_payload& PayloadPool::allocate() {
  if (free_.empty()) {
    all_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
    all_.back()->set_extension(new TransactionInfo);
    free_.push_back(all_.back().get());
  }
  tlm::tlm_generic_payload& payload = *free_.back();
  free_.pop_back();
  payload.get_extension<TransactionInfo>()->copy_from(TransactionInfo{});
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.acquire();
  return payload;
}

void PayloadPool::free(tlm::tlm_generic_payload* payload) {
  payload->reset();  // drops automatic extensions that others may have added
  free_.push_back(payload);
}

}  // namespace prism
