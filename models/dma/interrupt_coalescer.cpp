// SPDX-License-Identifier: Apache-2.0
#include "models/dma/interrupt_coalescer.h"

#include <utility>

namespace prism::dma {

InterruptCoalescer::InterruptCoalescer(const DmaConfig::Channel& settings, std::function<void()> raise)
    : settings_(settings), raise_(std::move(raise)) {
  sc_core::sc_spawn_options on_time;
  on_time.spawn_method();
  on_time.set_sensitivity(&time_over_);
  on_time.dont_initialize();
  sc_core::sc_spawn([this] { flush(); }, sc_core::sc_gen_unique_name("coalescer"), &on_time);
}

void InterruptCoalescer::add_completion() {
  ++gathered_;
  if (gathered_ >= settings_.coalesce_count) {
    flush();
  } else if (gathered_ == 1 && settings_.coalesce_ns > 0) {
    time_over_.notify(sc_core::sc_time(settings_.coalesce_ns, sc_core::SC_NS));
  }
}

void InterruptCoalescer::flush() {
  time_over_.cancel();
  if (gathered_ == 0) return;
  gathered_ = 0;
  raise_();
}

}  // namespace prism::dma
