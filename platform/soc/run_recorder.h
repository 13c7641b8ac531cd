// SPDX-License-Identifier: Apache-2.0
// What a run really selected and computed, observed from outside: the K/V blocks whose bytes were read from
// HBM, and the attention outputs in the scratchpad when a layer's heads are done. Firmware does not report
// it, so it cannot misreport.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <tlm>
#include <vector>

#include "platform/config/config.h"
#include "platform/workload/accuracy.h"
#include "platform/workload/memory_layout.h"

namespace prism::soc {

class RunRecorder {
 public:
  /// Reads `out.size()` bytes of attention outputs of the layer attended last, [sequence][query
  /// head][dimension]; false when the firmware has not said where they are.
  using OutputReader = std::function<bool(std::span<std::byte> out)>;
  using LayerObserver = std::function<void(std::uint32_t step, std::uint32_t layers_done)>;

  /// `hbm_base`: bus address of HBM. A layer is done when the stream of the weights that follow its attention
  /// begins.
  RunRecorder(const config::PlatformConfig& config, const workload::MemoryLayout& layout,
              std::uint64_t hbm_base, workload::AccuracyEvaluator& accuracy, OutputReader read_outputs,
              LayerObserver on_layer);

  /// A transaction that reaches HBM; its address is relative to HBM.
  void observe(const tlm::tlm_generic_payload& payload);

  /// Complete blocks that could be ranked, and blocks fetched (the mean over all heads), in the last step
  /// recorded.
  std::uint32_t blocks_total() const { return blocks_total_; }
  double blocks_selected() const;

 private:
  void mark_blocks(std::uint64_t address, std::uint64_t bytes);
  /// Which of `complete` blocks the policy could choose from, and whether it did.
  void mark_ranked(std::uint32_t complete, workload::Selection& selection) const;
  void end_layer(std::uint32_t layer);

  const config::PlatformConfig& config_;
  const workload::MemoryLayout& layout_;
  std::uint64_t hbm_base_;
  workload::AccuracyEvaluator& accuracy_;
  OutputReader read_outputs_;
  LayerObserver on_layer_;
  std::vector<std::vector<bool>> fetched_;  // [head number][block], since the head was last recorded
  std::vector<Bfloat16> outputs_;
  std::uint32_t step_ = 0;
  std::uint32_t layers_done_ = 0;
  std::uint32_t blocks_total_ = 0;
  std::uint64_t fetched_blocks_ = 0;  // of the last step
  std::uint64_t fetched_heads_ = 0;
};

}  // namespace prism::soc
