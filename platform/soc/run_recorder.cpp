// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/run_recorder.h"

#include <algorithm>

#include "models/common/transaction_info.h"
#include "platform/soc/job.h"

namespace prism::soc {

using workload::HeadIndex;
using workload::MemoryLayout;

RunRecorder::RunRecorder(const config::PlatformConfig& config, const MemoryLayout& layout,
                         std::uint64_t hbm_base, workload::AccuracyEvaluator& accuracy,
                         OutputReader read_outputs, LayerObserver on_layer)
    : config_(config),
      layout_(layout),
      hbm_base_(hbm_base),
      accuracy_(accuracy),
      read_outputs_(std::move(read_outputs)),
      on_layer_(std::move(on_layer)),
      fetched_(layout.heads(), std::vector<bool>(layout.max_blocks())) {
  const workload::ModelShape& model = config_.workload.model;
  outputs_.resize(std::size_t{config_.workload.batch} * model.query_heads * model.head_dimension);
}

void RunRecorder::observe(const tlm::tlm_generic_payload& payload) {
  if (!payload.is_read()) return;
  const Purpose purpose = transaction_info(payload).purpose;
  const std::uint64_t address = hbm_base_ + payload.get_address();
  if (purpose == Purpose::kKvRead) {
    mark_blocks(address, payload.get_data_length());
  } else if (purpose == Purpose::kWeights && layers_done_ < config_.workload.model.layers) {
    const workload::ModelShape& model = config_.workload.model;
    const std::uint64_t rest_of_layer =
        layout_.weights_base() + layers_done_ * (model.qkv_weight_bytes() + model.layer_weight_bytes()) +
        model.qkv_weight_bytes();
    if (address >= rest_of_layer && address < rest_of_layer + model.layer_weight_bytes())
      end_layer(layers_done_);
  }
}

void RunRecorder::mark_blocks(std::uint64_t address, std::uint64_t bytes) {
  while (bytes > 0) {
    const MemoryLayout::Location place = layout_.locate(address);
    if (place.region == MemoryLayout::Region::kKv)
      fetched_[layout_.head_number(place.head)][place.block] = true;
    const std::uint64_t step = std::min(bytes, place.contiguous);
    address += step;
    bytes -= step;
  }
}

void RunRecorder::mark_ranked(std::uint32_t complete, workload::Selection& selection) const {
  const config::PolicyConfig& policy = config_.policy;
  const HeadIndex& head = selection.head;
  const std::uint32_t number = head.layer * config_.workload.model.kv_heads + head.head;
  selection.ranked_blocks = complete;
  if (policy.name == config::PolicyName::kDense) return;
  selection.retrieves =
      head.layer >= policy.dense_layers && prism_is_retrieval_head(number, retrieval_share_ppm(config_)) != 0;
  if (head.layer < policy.dense_layers) return;
  selection.ranked_blocks -= std::min(policy.blocks_of(policy.window_tokens), complete);
  selection.first_ranked = std::min(policy.blocks_of(policy.sink_tokens), selection.ranked_blocks);
}

void RunRecorder::end_layer(std::uint32_t layer) {
  const workload::ModelShape& model = config_.workload.model;
  if (layer == 0) blocks_total_ = fetched_blocks_ = fetched_heads_ = 0;

  const bool have_outputs = read_outputs_(std::as_writable_bytes(std::span(outputs_)));
  const std::size_t group_elements = std::size_t{model.group_size()} * model.head_dimension;
  for (std::uint32_t sequence = 0; sequence < config_.workload.batch; ++sequence) {
    const std::uint32_t tokens = config_.workload.context_of(sequence) + step_;
    const std::uint32_t complete = tokens / config_.policy.block_tokens;
    for (std::uint32_t kv_head = 0; kv_head < model.kv_heads; ++kv_head) {
      const HeadIndex head{sequence, layer, kv_head};
      std::vector<bool>& fetched = fetched_[layout_.head_number(head)];
      workload::Selection selection;
      selection.head = head;
      selection.step = step_;
      selection.tokens = tokens + 1;
      mark_ranked(complete, selection);
      blocks_total_ = std::max(blocks_total_, selection.ranked_blocks - selection.first_ranked);
      for (std::uint32_t block = 0; block < complete; ++block) {
        if (fetched[block]) selection.blocks.push_back(block);
      }
      fetched_blocks_ += selection.blocks.size();
      ++fetched_heads_;
      std::fill(fetched.begin(), fetched.end(), false);
      if (!accuracy_.wants(head)) continue;
      if (have_outputs) {
        const auto first = outputs_.begin() + static_cast<std::ptrdiff_t>(
                                                  (sequence * model.kv_heads + kv_head) * group_elements);
        selection.output.assign(first, first + static_cast<std::ptrdiff_t>(group_elements));
      }
      accuracy_.record(std::move(selection));
    }
  }

  ++layers_done_;
  if (on_layer_) on_layer_(step_, layers_done_);
  if (layers_done_ == model.layers && step_ + 1 < config_.workload.steps) {
    ++step_;
    layers_done_ = 0;
  }
}

double RunRecorder::blocks_selected() const {
  return fetched_heads_ > 0 ? static_cast<double>(fetched_blocks_) / static_cast<double>(fetched_heads_)
                            : 0.0;
}

}  // namespace prism::soc
