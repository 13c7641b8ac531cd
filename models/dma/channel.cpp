// SPDX-License-Identifier: Apache-2.0
#include "models/dma/channel.h"

#include <algorithm>
#include <cstring>
#include <sstream>
#include <utility>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"

namespace prism::dma {

namespace {

constexpr std::array<const char*, 11> kErrorNames = {
    "none",
    "unknown opcode, flag or purpose",
    "length zero, too large or past the top of the address space",
    "list or elements not aligned",
    "bus error",
    "invalid ring or producer more than a ring ahead",
    "nothing is mapped there, or a burst leaves a region",
    "index out of range",
    "no such semaphore",
    "elements overlap at the destination",
    "aborted"};

/// Declares a register of channel `index`; name and offset of `spec` are those within a channel.
Register& add(RegisterBank& bank, std::uint32_t index, Register::Spec spec) {
  spec.name = "CHANNEL" + std::to_string(index) + "_" + spec.name;
  spec.offset += DMA_CHANNEL(index);
  return bank.add(std::move(spec));
}

}  // namespace

Channel::Channel(std::string name, std::uint32_t index, const DmaConfig& config,
                 const Surroundings& surroundings, std::function<void(Event)> on_event)
    : name_(std::move(name)),
      descriptor_time_(config.descriptor_ps),
      settings_(config.channel(index)),
      bank_(surroundings.bank),
      semaphores_(surroundings.semaphores),
      clocks_(surroundings.clocks),
      on_event_(std::move(on_event)),
      coalescer_(settings_, [this] { on_event_(Event::kCompleted); }),
      port_(surroundings.port, surroundings.arbiter, settings_),
      pipeline_(port_, config),
      signatures_(port_, config),
      fetched_(config.prefetch_descriptors),
      ring_address_(add(bank_, index,
                        {"RING_ADDRESS", DMA_RING_ADDRESS, 8, RegisterAccess::kReadWrite, 0,
                         "descriptor ring, 64-byte aligned"})),
      ring_entries_(add(bank_, index,
                        {"RING_ENTRIES", DMA_RING_ENTRIES, 4, RegisterAccess::kReadWrite, 0,
                         "entries of the ring, a power of two"})),
      control_(
          add(bank_, index,
              {"CONTROL", DMA_CONTROL, 4, RegisterAccess::kReadWrite, 0, "enable, resume, reset, abort"})),
      producer_(add(bank_, index,
                    {"PRODUCER", DMA_PRODUCER, 4, RegisterAccess::kReadWrite, 0,
                     "count of descriptors written; doorbell"})),
      consumer_(
          add(bank_, index,
              {"CONSUMER", DMA_CONSUMER, 4, RegisterAccess::kReadOnly, 0, "count of descriptors finished"})),
      completion_address_(add(bank_, index,
                              {"COMPLETION_ADDRESS", DMA_COMPLETION_ADDRESS, 8, RegisterAccess::kReadWrite, 0,
                               "completion ring; 0: none"})),
      laps_(add(
          bank_, index,
          {"LAPS", DMA_LAPS, 4, RegisterAccess::kReadWrite, 0, "rings that PRODUCER may be ahead; 0 as 1"})),
      lap_source_(add(bank_, index,
                      {"LAP_SOURCE", DMA_LAP_SOURCE, 8, RegisterAccess::kReadWrite, 0,
                       "added to the source in every lap of the ring"})),
      lap_destination_(add(bank_, index,
                           {"LAP_DESTINATION", DMA_LAP_DESTINATION, 8, RegisterAccess::kReadWrite, 0,
                            "added to the destination in every lap of the ring"})),
      error_(
          add(bank_, index,
              {"ERROR", DMA_ERROR, 4, RegisterAccess::kReadOnly, DMA_ERROR_NONE, "why the channel halted"})),
      error_descriptor_(add(bank_, index,
                            {"ERROR_DESCRIPTOR", DMA_ERROR_DESCRIPTOR, 8, RegisterAccess::kReadOnly, 0,
                             "address of the failed descriptor"})),
      error_address_(
          add(bank_, index,
              {"ERROR_ADDRESS", DMA_ERROR_ADDRESS, 8, RegisterAccess::kReadOnly, 0, "faulting bus address"})),
      error_bytes_(add(bank_, index,
                       {"ERROR_BYTES", DMA_ERROR_BYTES, 8, RegisterAccess::kReadOnly, 0,
                        "bytes that the failed descriptor wrote"})) {
  add(bank_, index, {"STATUS", DMA_STATUS, 4, RegisterAccess::kReadOnly, 0, "busy, halted, waiting"})
      .on_read([this] {
        return (working_ || ready() ? DMA_STATUS_BUSY : 0) | (halted_ ? DMA_STATUS_HALTED : 0) |
               (waiting_ ? DMA_STATUS_WAITING : 0);
      });
  control_.on_write([this](std::uint64_t value) { write_control(static_cast<std::uint32_t>(value)); });
  producer_.on_write([this](std::uint64_t) { doorbell_.notify(sc_core::SC_ZERO_TIME); });
  add_settings(index);
}

void Channel::add_settings(std::uint32_t index) {
  struct Setting {
    const char* name;
    std::uint64_t offset;
    std::uint32_t DmaConfig::Channel::*field;
    const char* description;
  };
  using Fields = DmaConfig::Channel;
  constexpr std::array kSettings = {
      Setting{"PRIORITY", DMA_PRIORITY, &Fields::priority, "the highest goes first"},
      Setting{"WEIGHT", DMA_WEIGHT, &Fields::weight, "share among channels of one priority"},
      Setting{"BANDWIDTH", DMA_BANDWIDTH, &Fields::bandwidth_mbps,
              "limit of what it reads or fills, MB/s; 0: none"},
      Setting{"OUTSTANDING", DMA_OUTSTANDING, &Fields::outstanding,
              "limit of outstanding bursts; 0: the port's"},
      Setting{"COALESCE_COUNT", DMA_COALESCE_COUNT, &Fields::coalesce_count, "completions for one interrupt"},
      Setting{"COALESCE_NS", DMA_COALESCE_NS, &Fields::coalesce_ns,
              "longest wait of a completion; 0: until the count is full"}};
  for (const Setting& setting : kSettings) {
    add(bank_, index,
        {setting.name, setting.offset, 4, RegisterAccess::kReadWrite, settings_.*setting.field,
         setting.description})
        .on_write([this, field = setting.field](std::uint64_t value) {
          settings_.*field = static_cast<std::uint32_t>(value);
        });
  }
}

void Channel::run() {
  while (true) {
    while (!ready()) sc_core::wait(doorbell_);
    working_ = true;
    clocks_.busy.begin(now_ps());
    while (ready()) execute_next();
    clocks_.busy.end(now_ps());
    fetched_count_ = 0;
    aborting_ = false;
    working_ = false;
  }
}

bool Channel::ready() const {
  return (control_.value() & DMA_CONTROL_ENABLE) != 0 && !halted_ && producer_.value() != consumer_.value();
}

DescriptorRing Channel::ring() const {
  return {ring_address_.value(), completion_address_.value(), ring_entries_.value32(),
          producer_.value32(),   consumer_.value32(),         std::max(laps_.value32(), 1u)};
}

void Channel::write_control(std::uint32_t value) {
  control_.set(value & DMA_CONTROL_ENABLE);
  if ((value & DMA_CONTROL_ABORT) != 0) {
    if (!working_) return log_guest_error(name_, "ABORT of a channel that is not busy is ignored");
    aborting_ = true;
    abort_.notify(sc_core::SC_ZERO_TIME);
  } else if ((value & DMA_CONTROL_RESET) != 0) {
    if (working_) return log_guest_error(name_, "RESET of a busy channel is ignored");
    producer_.set(0);
    consumer_.set(0);
    leave_halt();
  } else if ((value & DMA_CONTROL_RESUME) != 0) {
    if (!halted_) return log_guest_error(name_, "RESUME of a channel that is not halted is ignored");
    if (error_.value() != DMA_ERROR_RING) consumer_.set(consumer_.value32() + 1u);
    leave_halt();
  }
  doorbell_.notify(sc_core::SC_ZERO_TIME);
}

void Channel::leave_halt() {
  halted_ = false;
  for (Register* record : {&error_, &error_descriptor_, &error_address_, &error_bytes_}) record->set(0);
}

void Channel::execute_next() {
  const Picoseconds begun = now_ps();
  const DescriptorRing ring = this->ring();
  if (!ring.valid()) return halt(0, {.error = DMA_ERROR_RING});

  const std::uint64_t address = ring.descriptor_address();
  Outcome outcome;
  const RawDescriptor* raw = fetch(ring, outcome);
  if (raw == nullptr) return halt(address, outcome);

  sc_core::wait(to_sc_time(descriptor_time_));
  const DecodedDescriptor descriptor = decode(in_lap(*raw, ring.lap()));
  outcome = write_completion(ring, descriptor.tag, execute(descriptor));
  if (on_activity_ && descriptor.operation.kind != OperationKind::kNothing) tell(descriptor.operation, begun);
  if (!outcome.ok()) return halt(address, outcome);

  semaphores_.signal(descriptor.signal);
  ++descriptors_;
  consumer_.set(consumer_.value32() + 1u);
  if (descriptor.interrupt) coalescer_.add_completion();
}

const Channel::RawDescriptor* Channel::fetch(const DescriptorRing& ring, Outcome& outcome) {
  const std::uint32_t used = ring.consumer - fetched_first_;
  if (used < fetched_count_) return &fetched_[used];
  // Up to the ring's end. When several cannot be read, the first may be.
  const std::uint32_t to_end = ring.entries - (ring.consumer & (ring.entries - 1));
  std::size_t count = std::min<std::size_t>({fetched_.size(), ring.pending(), to_end});
  for (fetched_count_ = 0;; count = 1) {
    const auto data = std::as_writable_bytes(std::span(fetched_).first(count));
    const TransferBatch& batch = transfer(ring.descriptor_address(), data, false);
    if (batch.ok()) break;
    if (count == 1) {
      outcome.note(batch);
      return nullptr;
    }
  }
  fetched_first_ = ring.consumer;
  fetched_count_ = count;
  return fetched_.data();
}

Channel::RawDescriptor Channel::in_lap(const RawDescriptor& raw, std::uint64_t lap) const {
  dma_descriptor descriptor;
  std::memcpy(&descriptor, raw.data(), sizeof descriptor);
  descriptor.source += lap * lap_source_.value();
  descriptor.destination += lap * lap_destination_.value();
  RawDescriptor moved;
  std::memcpy(moved.data(), &descriptor, sizeof descriptor);
  return moved;
}

Outcome Channel::execute(const DecodedDescriptor& descriptor) {
  if (descriptor.error != DMA_ERROR_NONE) return {.error = descriptor.error};
  if (!semaphores_.knows(descriptor.wait) || !semaphores_.knows(descriptor.signal)) {
    return {.error = DMA_ERROR_SEMAPHORE};
  }
  if (!wait_for_semaphore(descriptor.wait) || aborting_) return {.error = DMA_ERROR_ABORTED};
  return move(descriptor.operation);
}

bool Channel::wait_for_semaphore(std::uint32_t operand) {
  if (operand == 0) return true;
  const Picoseconds begun = now_ps();
  clocks_.busy.end(begun);
  waiting_ = true;
  const bool taken = semaphores_.take(operand, abort_, [this] { return aborting_; });
  waiting_ = false;
  clocks_.busy.begin(now_ps());
  clocks_.waiting += now_ps() - begun;
  return taken;
}

Outcome Channel::move(const Operation& operation) {
  if (operation.kind == OperationKind::kNothing) return {};
  const auto aborted = [this] { return aborting_; };
  if (operation.kind == OperationKind::kSignature) return signatures_.run(operation, aborted);
  if (operation.purpose != Purpose::kKvRead) return pipeline_.run(operation, aborted);
  clocks_.kv_read.begin(now_ps());
  const Outcome outcome = pipeline_.run(operation, aborted);
  clocks_.kv_read.end(now_ps());
  clocks_.kv_read_bytes += outcome.bytes_read;
  return outcome;
}

void Channel::tell(const Operation& operation, Picoseconds begun) const {
  const auto name = [&] {
    if (operation.kind == OperationKind::kFill) return "fill";
    if (operation.kind == OperationKind::kSignature) return "signature";
    if (operation.list == ListUse::kSource) return "gather";
    if (operation.list == ListUse::kDestination) return "scatter";
    return operation.total_elements() > 1 ? "strided copy" : "copy";
  };
  const std::uint64_t bytes = operation.total_elements() * operation.element_bytes;
  on_activity_(
      {.name = name(),
       .unit = name_.substr(name_.rfind('.') + 1),
       .begun = begun,
       .ended = now_ps(),
       .bytes = bytes,
       .reads_from = operation.list == ListUse::kSource ? operation.list_address : operation.source.base,
       .writes_to = operation.destination.base,
       .writes_bytes = bytes});
}

const TransferBatch& Channel::transfer(std::uint64_t address, std::span<std::byte> data, bool is_write) {
  TransferBatch& batch = port_.renew(transfer_);
  port_.run({address, data.size(), data.data(), is_write, Purpose::kDescriptors}, batch);
  return batch;
}

Outcome Channel::write_completion(const DescriptorRing& ring, std::uint32_t tag, const Outcome& outcome) {
  if (ring.completion_base == 0) return outcome;
  dma_completion record{tag, outcome.error, outcome.bytes};
  Outcome reported = outcome;
  reported.note(transfer(ring.completion_address(), std::as_writable_bytes(std::span(&record, 1)), true));
  return reported;
}

void Channel::halt(std::uint64_t descriptor, const Outcome& outcome) {
  halted_ = true;
  ++errors_;
  error_.set(outcome.error);
  error_descriptor_.set(descriptor);
  error_address_.set(outcome.fault_address);
  error_bytes_.set(outcome.bytes);
  std::ostringstream message;
  message << "halted: " << kErrorNames[outcome.error] << std::hex << std::showbase << " (descriptor "
          << descriptor << ", address " << outcome.fault_address << std::dec << ", " << outcome.bytes
          << " bytes written)";
  log_guest_error(name_, message.str());
  coalescer_.flush();
  on_event_(Event::kHalted);
}

}  // namespace prism::dma
