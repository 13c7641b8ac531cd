/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/policy.h"

#include <stddef.h>

#include "decode/context.h"

const struct decode_policy* decode_find_policy(uint32_t number) {
  static const struct decode_policy* const policies[] = {
      [PRISM_POLICY_DENSE] = &decode_policy_dense,
      [PRISM_POLICY_PRISM] = &decode_policy_prism,
      [PRISM_POLICY_STREAMING] = &decode_policy_streaming,
      [PRISM_POLICY_ORACLE] = &decode_policy_oracle,
      [PRISM_POLICY_QUEST] = &decode_policy_quest,
      [PRISM_POLICY_MEAN_KEY] = &decode_policy_mean_key,
      [PRISM_POLICY_SRAM] = &decode_policy_sram,
      [PRISM_POLICY_NEAR_MEMORY] = &decode_policy_near_memory,
  };
  return number < sizeof policies / sizeof policies[0] ? policies[number] : NULL;
}

const struct decode_policy* decode_policy_of(const struct decode_context* context, struct decode_head head) {
  const struct prism_job* job = &context->layout.job;
  const uint32_t number = head.layer * job->kv_heads + head.kv_head;
  if (head.layer < job->dense_layers) return &decode_policy_dense;
  if (prism_is_retrieval_head(number, job->retrieval_share_ppm)) return context->policy;
  return &decode_policy_streaming;
}

enum prism_status decode_prepare_nothing(struct decode_context* context) {
  (void)context;
  return PRISM_STATUS_OK;
}

enum prism_status decode_keep_nothing(struct decode_context* context, struct decode_head head,
                                      uint32_t block) {
  (void)context;
  (void)head;
  (void)block;
  return PRISM_STATUS_OK;
}
