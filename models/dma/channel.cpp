// SPDX-License-Identifier: Apache-2.0
#include "models/dma/channel.h"

#include <array>
#include <sstream>
#include <utility>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"

namespace prism::dma {

namespace {

constexpr std::array<const char*, 6> kErrorNames = {
    "none",
    "unknown opcode, flag or purpose",
    "length zero, too large or past the top of the address space",
    "index list not 4-byte aligned",
    "bus error",
    "invalid ring or producer more than a ring ahead"};

/// Declares a register of channel `index`; name and offset of `spec` are those within a channel.
Register& add(RegisterBank& bank, std::uint32_t index, Register::Spec spec) {
  spec.name = "CHANNEL" + std::to_string(index) + "_" + spec.name;
  spec.offset += DMA_CHANNEL(index);
  return bank.add(std::move(spec));
}

}  // namespace

Channel::Channel(std::string name, std::uint32_t index, const DmaConfig& config, RegisterBank& bank,
                 BurstPort& port, BusyClock& busy, std::function<void(Event)> on_event)
    : name_(std::move(name)),
      descriptor_time_(config.descriptor_ps),
      port_(port),
      busy_(busy),
      on_event_(std::move(on_event)),
      pipeline_(port, config),
      ring_address_(add(bank, index,
                        {"RING_ADDRESS", DMA_RING_ADDRESS, 8, RegisterAccess::kReadWrite, 0,
                         "descriptor ring, 64-byte aligned"})),
      ring_entries_(add(bank, index,
                        {"RING_ENTRIES", DMA_RING_ENTRIES, 4, RegisterAccess::kReadWrite, 0,
                         "entries of the ring, a power of two"})),
      control_(add(bank, index,
                   {"CONTROL", DMA_CONTROL, 4, RegisterAccess::kReadWrite, 0, "enable, resume, reset"})),
      producer_(add(bank, index,
                    {"PRODUCER", DMA_PRODUCER, 4, RegisterAccess::kReadWrite, 0,
                     "count of descriptors written; doorbell"})),
      consumer_(
          add(bank, index,
              {"CONSUMER", DMA_CONSUMER, 4, RegisterAccess::kReadOnly, 0, "count of descriptors finished"})),
      completion_address_(add(bank, index,
                              {"COMPLETION_ADDRESS", DMA_COMPLETION_ADDRESS, 8, RegisterAccess::kReadWrite, 0,
                               "completion ring; 0: none"})),
      error_(
          add(bank, index,
              {"ERROR", DMA_ERROR, 4, RegisterAccess::kReadOnly, DMA_ERROR_NONE, "why the channel halted"})),
      error_descriptor_(add(bank, index,
                            {"ERROR_DESCRIPTOR", DMA_ERROR_DESCRIPTOR, 8, RegisterAccess::kReadOnly, 0,
                             "address of the failed descriptor"})),
      error_address_(
          add(bank, index,
              {"ERROR_ADDRESS", DMA_ERROR_ADDRESS, 8, RegisterAccess::kReadOnly, 0, "faulting bus address"})),
      error_bytes_(add(bank, index,
                       {"ERROR_BYTES", DMA_ERROR_BYTES, 8, RegisterAccess::kReadOnly, 0,
                        "bytes that the failed descriptor wrote"})) {
  add(bank, index, {"STATUS", DMA_STATUS, 4, RegisterAccess::kReadOnly, 0, "busy, halted"}).on_read([this] {
    return (working_ || ready() ? DMA_STATUS_BUSY : 0) | (halted_ ? DMA_STATUS_HALTED : 0);
  });
  control_.on_write([this](std::uint64_t value) { write_control(static_cast<std::uint32_t>(value)); });
  producer_.on_write([this](std::uint64_t) { doorbell_.notify(sc_core::SC_ZERO_TIME); });
}

void Channel::run() {
  while (true) {
    while (!ready()) sc_core::wait(doorbell_);
    working_ = true;
    busy_.begin(now_ps());
    while (ready()) execute_next();
    busy_.end(now_ps());
    working_ = false;
  }
}

bool Channel::ready() const {
  return (control_.value() & DMA_CONTROL_ENABLE) != 0 && !halted_ && producer_.value() != consumer_.value();
}

DescriptorRing Channel::ring() const {
  return {ring_address_.value(), completion_address_.value(), ring_entries_.value32(), producer_.value32(),
          consumer_.value32()};
}

void Channel::write_control(std::uint32_t value) {
  control_.set(value & DMA_CONTROL_ENABLE);
  if ((value & DMA_CONTROL_RESET) != 0) {
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
  if (!ring.valid()) return halt(0, {DMA_ERROR_RING, 0, 0});

  const std::uint64_t address = ring.descriptor_address();
  std::array<std::byte, sizeof(dma_descriptor)> raw;
  const TransferBatch& fetch = transfer(address, raw, false);
  if (!fetch.ok()) return halt(address, {DMA_ERROR_BUS, fetch.fault_address(), 0});

  sc_core::wait(to_sc_time(descriptor_time_));
  const DecodedDescriptor descriptor = decode(raw);
  Outcome outcome{descriptor.error, 0, 0};
  if (outcome.ok()) outcome = pipeline_.run(descriptor.operation);
  outcome = write_completion(ring, descriptor.tag, outcome);
  if (on_activity_) tell(descriptor.operation, begun);
  if (!outcome.ok()) return halt(address, outcome);

  ++descriptors_;
  consumer_.set(consumer_.value32() + 1u);
  if (descriptor.interrupt) on_event_(Event::kCompleted);
}

void Channel::tell(const Operation& operation, Picoseconds begun) const {
  on_activity_({.name = operation.has_list ? "gather" : (operation.elements > 1 ? "strided copy" : "copy"),
                .unit = name_.substr(name_.rfind('.') + 1),
                .begun = begun,
                .ended = now_ps(),
                .bytes = operation.total_bytes(),
                .reads_from = operation.has_list ? operation.list_address : operation.source,
                .writes_to = operation.destination,
                .writes_bytes = operation.total_bytes()});
}

const TransferBatch& Channel::transfer(std::uint64_t address, std::span<std::byte> data, bool is_write) {
  transfer_.emplace();
  port_.run({address, data.size(), data.data(), is_write, Purpose::kDescriptors}, *transfer_);
  return *transfer_;
}

Outcome Channel::write_completion(const DescriptorRing& ring, std::uint32_t tag, const Outcome& outcome) {
  if (ring.completion_base == 0) return outcome;
  dma_completion record{tag, outcome.error, outcome.bytes};
  const TransferBatch& written =
      transfer(ring.completion_address(), std::as_writable_bytes(std::span(&record, 1)), true);
  // The first error is the one to report.
  return written.ok() || !outcome.ok() ? outcome
                                       : Outcome{DMA_ERROR_BUS, written.fault_address(), outcome.bytes};
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
  on_event_(Event::kHalted);
}

}  // namespace prism::dma
