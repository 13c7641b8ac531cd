// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/page_policy.h"

namespace prism::hbm {

bool OpenPagePolicy::auto_precharge(const BankQueue& /*reads*/, const BankQueue& /*writes*/,
                                    std::uint32_t /*row*/) const {
  return false;
}

bool ClosedPagePolicy::auto_precharge(const BankQueue& reads, const BankQueue& writes,
                                      std::uint32_t row) const {
  return !reads.has_row(row) && !writes.has_row(row);
}

bool TimeoutPagePolicy::auto_precharge(const BankQueue& /*reads*/, const BankQueue& /*writes*/,
                                       std::uint32_t /*row*/) const {
  return false;
}

std::unique_ptr<PagePolicy> make_page_policy(const ControllerConfig& config) {
  switch (config.page_policy) {
    case PagePolicyKind::kClosed:
      return std::make_unique<ClosedPagePolicy>();
    case PagePolicyKind::kTimeout:
      return std::make_unique<TimeoutPagePolicy>(config.page_timeout_ps);
    case PagePolicyKind::kOpen:
      break;
  }
  return std::make_unique<OpenPagePolicy>();
}

}  // namespace prism::hbm
