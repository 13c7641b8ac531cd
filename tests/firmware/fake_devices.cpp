// SPDX-License-Identifier: Apache-2.0
#include "tests/firmware/fake_devices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace prism::test {

namespace {

constexpr std::uint64_t kElementBytes = 2;
constexpr std::uint32_t kRingEntriesMax = 65536;

/// Write-one-to-clear: what the register holds after `data` has been written to it.
void clear_bits(StorageDevice& device, std::uint64_t offset, std::span<const std::byte> data) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, data.data(), sizeof bits);
  device.set(offset, device.get(offset) & ~bits);
}

/// The label of what `count` vectors from `source` on, `bytes` each, are averaged to.
Label average(FakeMachine& machine, std::uint64_t source, std::uint32_t count, std::uint64_t bytes) {
  const auto first = machine.get<Label>(source);
  for (std::uint32_t i = 0; i < count; ++i) {
    // Keys of consecutive tokens, or queries of consecutive heads.
    Label expected = first;
    std::uint16_t& moving = first.kind == Kind::kKey ? expected.token : expected.head;
    moving = static_cast<std::uint16_t>(moving + i);
    EXPECT_EQ(machine.get<Label>(source + i * bytes), expected);
  }
  Label result = first;
  result.kind = first.kind == Kind::kKey ? Kind::kSignature : Kind::kQuerySketch;
  result.count = static_cast<std::uint16_t>(count);
  return result;
}

}  // namespace

FakeSemaphores::FakeSemaphores(std::uint32_t count) {
  set(SEMAPHORES_ID, SEMAPHORES_ID_VALUE);
  set(SEMAPHORES_COUNT, count);
}

bool FakeSemaphores::take(std::uint32_t operand) {
  if (operand == 0) return true;
  const std::uint64_t value = SEMAPHORES_VALUE(SEMAPHORES_OPERAND_INDEX(operand));
  const std::uint32_t amount = SEMAPHORES_OPERAND_AMOUNT(operand);
  if (get(value) < amount) return false;
  set(value, get(value) - amount);
  return true;
}

void FakeSemaphores::signal(std::uint32_t operand) {
  if (operand == 0) return;
  const std::uint64_t value = SEMAPHORES_VALUE(SEMAPHORES_OPERAND_INDEX(operand));
  set(value, get(value) + SEMAPHORES_OPERAND_AMOUNT(operand));
}

FakeDma::FakeDma(FakeMachine& machine, std::uint32_t channels) : machine_(machine), channels_(channels) {
  set(DMA_ID, DMA_ID_VALUE);
  set(DMA_CHANNELS, channels);
}

void FakeDma::write(std::uint64_t offset, std::span<const std::byte> data) {
  if (offset == DMA_IRQ_COMPLETE || offset == DMA_IRQ_ERROR) return clear_bits(*this, offset, data);
  StorageDevice::write(offset, data);
  for (std::uint32_t c = 0; c < channels_; ++c) {
    if (offset != DMA_CHANNEL(c) + DMA_CONTROL || (get(offset) & DMA_CONTROL_RESET) == 0) continue;
    for (const std::uint32_t cleared : {DMA_PRODUCER, DMA_CONSUMER, DMA_STATUS, DMA_ERROR}) {
      set(DMA_CHANNEL(c) + cleared, 0u);
    }
  }
}

bool FakeDma::irq() const {
  return ((get(DMA_IRQ_COMPLETE) | get(DMA_IRQ_ERROR)) & get(DMA_IRQ_ENABLE)) != 0;
}

bool FakeDma::work() {
  for (std::uint32_t channel = 0; channel < channels_; ++channel) {
    if (execute_next(channel)) return true;
  }
  return false;
}

bool FakeDma::execute_next(std::uint32_t channel) {
  const std::uint64_t base = DMA_CHANNEL(channel);
  const std::uint32_t entries = get(base + DMA_RING_ENTRIES);
  const std::uint32_t consumer = get(base + DMA_CONSUMER);
  const std::uint32_t waiting = get(base + DMA_PRODUCER) - consumer;
  const bool enabled = (get(base + DMA_CONTROL) & DMA_CONTROL_ENABLE) != 0;
  if (!enabled || waiting == 0 || (get(base + DMA_STATUS) & DMA_STATUS_HALTED) != 0) return false;
  EXPECT_LE(waiting, std::uint64_t{entries} * std::max(get(base + DMA_LAPS), 1u));
  EXPECT_LE(entries, kRingEntriesMax);

  const std::uint64_t slot = consumer % entries;
  const auto ring = get<std::uint64_t>(base + DMA_RING_ADDRESS);
  EXPECT_EQ(ring % 64, 0u);
  const std::uint64_t address = ring + slot * sizeof(dma_descriptor);
  auto descriptor = machine_.get<dma_descriptor>(address);
  const std::uint32_t lap = consumer / entries;
  descriptor.source += lap * get<std::uint64_t>(base + DMA_LAP_SOURCE);
  descriptor.destination += lap * get<std::uint64_t>(base + DMA_LAP_DESTINATION);
  if (semaphores != nullptr && !semaphores->take(descriptor.wait)) return false;
  const bool fails = fail_at == executed.size();
  executed.push_back(descriptor);
  if (fails || !move(descriptor)) {
    halt(channel, address);
    return true;
  }
  const std::uint64_t bytes = descriptor.bytes * (descriptor.opcode == DMA_OP_GATHER ? descriptor.count : 1);
  machine_.set(get<std::uint64_t>(base + DMA_COMPLETION_ADDRESS) + slot * sizeof(dma_completion),
               dma_completion{descriptor.tag, DMA_ERROR_NONE, bytes});
  if (semaphores != nullptr) semaphores->signal(descriptor.signal);
  set(base + DMA_CONSUMER, consumer + 1);
  if ((descriptor.flags & DMA_FLAG_INTERRUPT) != 0) {
    set(DMA_IRQ_COMPLETE, get(DMA_IRQ_COMPLETE) | 1u << channel);
  }
  return true;
}

bool FakeDma::move(const dma_descriptor& descriptor) {
  std::vector<std::byte> data(descriptor.bytes);
  if (descriptor.opcode == DMA_OP_COPY) {
    return machine_.read(descriptor.source, data) && machine_.write(descriptor.destination, data);
  }
  if (descriptor.opcode == DMA_OP_NOP) return true;
  if (descriptor.opcode == DMA_OP_COPY_2D) {
    for (std::uint64_t i = 0; i < descriptor.count; ++i) {
      if (!machine_.read(descriptor.source + i * descriptor.stride, data)) return false;
      if (!machine_.write(descriptor.destination + i * descriptor.destination_stride, data)) return false;
    }
    return true;
  }
  if (descriptor.opcode == DMA_OP_APPEND) {
    for (std::uint64_t i = 0; i < 2ull * descriptor.count; ++i) {
      const std::uint64_t plane = i / descriptor.count * descriptor.destination_stride;
      const std::uint64_t target = descriptor.destination + plane + i % descriptor.count * descriptor.stride;
      if (!machine_.read(descriptor.source + i * descriptor.bytes, data) || !machine_.write(target, data))
        return false;
    }
    return true;
  }
  if (descriptor.opcode == DMA_OP_SIGNATURE) {
    EXPECT_EQ(machine_.get<Label>(descriptor.list_address), Label{Kind::kProjection});
    const Label result = average(machine_, descriptor.source, descriptor.count, descriptor.bytes);
    return machine_.write(descriptor.destination, std::as_bytes(std::span(&result, 1)));
  }
  EXPECT_EQ(descriptor.opcode, DMA_OP_GATHER);
  for (std::uint64_t i = 0; i < descriptor.count; ++i) {
    const auto index = machine_.get<std::uint32_t>(descriptor.list_address + i * sizeof(std::uint32_t));
    if (!machine_.read(descriptor.source + index * descriptor.stride, data)) return false;
    if (!machine_.write(descriptor.destination + i * descriptor.bytes, data)) return false;
  }
  return true;
}

void FakeDma::halt(std::uint32_t channel, std::uint64_t descriptor_address) {
  const std::uint64_t base = DMA_CHANNEL(channel);
  set(base + DMA_STATUS, DMA_STATUS_HALTED);
  set(base + DMA_ERROR, DMA_ERROR_BUS);
  set(base + DMA_ERROR_DESCRIPTOR, descriptor_address);
  set(base + DMA_ERROR_ADDRESS, executed.back().source);
  set(base + DMA_ERROR_BYTES, std::uint64_t{5});
  set(DMA_IRQ_ERROR, get(DMA_IRQ_ERROR) | 1u << channel);
}

FakeCompute::FakeCompute(FakeMachine& machine, Shape shape, std::uint32_t queue_depth)
    : machine_(machine), shape_(shape) {
  set(COMPUTE_ID, COMPUTE_ID_VALUE);
  set(COMPUTE_QUEUE_DEPTH, queue_depth);
}

ComputeCommand FakeCompute::arguments() const {
  return {get(COMPUTE_OPCODE),
          get(COMPUTE_FLAGS),
          get<std::uint64_t>(COMPUTE_SOURCE),
          get<std::uint64_t>(COMPUTE_QUERY),
          get<std::uint64_t>(COMPUTE_DESTINATION),
          get<std::uint64_t>(COMPUTE_BYTES),
          get(COMPUTE_COUNT),
          get(COMPUTE_DIMENSION),
          get(COMPUTE_HEADS),
          get(COMPUTE_OUTPUT_DIMENSION),
          get(COMPUTE_BLOCK_TOKENS),
          get(COMPUTE_LAYER),
          get(COMPUTE_STEP),
          get(COMPUTE_PURPOSE),
          get(COMPUTE_WAIT),
          get(COMPUTE_SIGNAL)};
}

/// The ring's next command, when no other waits.
void FakeCompute::fetch() {
  const std::uint32_t entries = get(COMPUTE_RING_ENTRIES);
  const std::uint32_t waiting = get(COMPUTE_PRODUCER) - fetched_;
  if (!queue_.empty() || waiting == 0) return;
  EXPECT_LE(waiting, std::uint64_t{entries} * std::max(get(COMPUTE_RING_LAPS), 1u));
  const std::uint64_t address =
      get<std::uint64_t>(COMPUTE_RING_ADDRESS) + fetched_ % entries * sizeof(prism_compute_command);
  const auto entry = machine_.get<prism_compute_command>(address);
  const std::uint32_t lap = fetched_++ / entries;
  queue_.push_back({entry.opcode, entry.flags, entry.source + lap * entry.lap_source, entry.query,
                    entry.destination, entry.bytes, entry.count, entry.dimension, entry.heads,
                    entry.output_dimension, entry.block_tokens, entry.layer + lap * entry.lap_layer,
                    entry.step, entry.purpose, entry.wait, entry.signal});
}

void FakeCompute::write(std::uint64_t offset, std::span<const std::byte> data) {
  if (offset == COMPUTE_IRQ_STATUS) return clear_bits(*this, offset, data);
  StorageDevice::write(offset, data);
  if (offset == COMPUTE_CONTROL) {
    queue_.clear();
    fetched_ = collected_ = 0;
    set(COMPUTE_COMPLETED, first_count);
    for (const std::uint32_t cleared : {COMPUTE_PRODUCER, COMPUTE_ERROR, COMPUTE_IRQ_STATUS})
      set(cleared, 0u);
  }
  if (offset != COMPUTE_DOORBELL) return;
  queue_.push_back(arguments());
  most_queued = std::max(most_queued, queue_.size());
}

bool FakeCompute::work() {
  fetch();
  if (queue_.empty() || get(COMPUTE_ERROR) != COMPUTE_ERROR_NONE) return false;
  const ComputeCommand command = queue_.front();
  if (semaphores != nullptr && !semaphores->take(command.wait)) return false;
  queue_.pop_front();
  const bool fails = fail_at == executed.size();
  executed.push_back(command);
  if (fails) {
    set(COMPUTE_ERROR, COMPUTE_ERROR_BUS);
    set(COMPUTE_ERROR_COMMAND, get(COMPUTE_COMPLETED) + 1);
    set(COMPUTE_IRQ_STATUS, get(COMPUTE_IRQ_STATUS) | COMPUTE_IRQ_ERROR);
    return true;
  }
  if (command.opcode == COMPUTE_OP_PROJECT_QKV) project(command);
  if (command.opcode == COMPUTE_OP_ATTEND) attend(command);
  if (command.opcode == COMPUTE_OP_SKETCH) sketch(command);
  if (semaphores != nullptr) semaphores->signal(command.signal);
  set(COMPUTE_COMPLETED, get(COMPUTE_COMPLETED) + 1);
  if ((command.flags & COMPUTE_FLAG_INTERRUPT) != 0 && ++collected_ >= get(COMPUTE_COALESCE)) {
    collected_ = 0;
    set(COMPUTE_IRQ_STATUS, get(COMPUTE_IRQ_STATUS) | COMPUTE_IRQ_COMPLETE);
  }
  return true;
}

void FakeCompute::project(const ComputeCommand& command) {
  std::uint64_t address = command.destination;
  const auto token = static_cast<std::uint16_t>(shape_.context_tokens + command.step);
  const auto put = [&](Kind kind, std::uint32_t sequence, std::uint32_t heads) {
    for (std::uint32_t head = 0; head < heads; ++head, address += command.dimension * kElementBytes) {
      machine_.set(address,
                   Label{kind, static_cast<std::uint16_t>(sequence),
                         static_cast<std::uint16_t>(command.layer), static_cast<std::uint16_t>(head), token});
    }
  };
  for (std::uint32_t sequence = 0; sequence < command.count; ++sequence) {
    put(Kind::kQuery, sequence, shape_.query_heads);
    put(Kind::kKey, sequence, shape_.kv_heads);
    put(Kind::kValue, sequence, shape_.kv_heads);
  }
}

void FakeCompute::attend(const ComputeCommand& command) {
  const std::uint64_t vector_bytes = command.dimension * kElementBytes;
  const std::uint64_t values_offset = command.block_tokens * vector_bytes;
  if ((command.flags & COMPUTE_FLAG_FIRST) != 0) {
    running_ = {};
    for (std::uint32_t head = 0; head < command.heads; ++head) {
      running_.queries.push_back(machine_.get<Label>(command.query + head * vector_bytes));
    }
  }
  for (std::uint32_t token = 0; token < command.count; ++token) {
    const std::uint64_t key = command.source + token / command.block_tokens * 2 * values_offset +
                              token % command.block_tokens * vector_bytes;
    running_.keys.push_back(machine_.get<Label>(key));
    running_.values.push_back(machine_.get<Label>(key + values_offset));
  }
  if ((command.flags & COMPUTE_FLAG_LAST) == 0) return;
  running_.destination = command.destination;
  attentions.push_back(running_);
}

void FakeCompute::sketch(const ComputeCommand& command) {
  EXPECT_EQ(machine_.get<Label>(command.query), Label{Kind::kProjection});
  const std::uint64_t vector_bytes = command.dimension * kElementBytes;
  for (std::uint32_t group = 0; group < std::max(command.heads, 1u); ++group) {
    const Label result =
        average(machine_, command.source + group * command.count * vector_bytes, command.count, vector_bytes);
    EXPECT_TRUE(
        machine_.write(command.destination + group * command.bytes, std::as_bytes(std::span(&result, 1))));
  }
}

FakePhotonic::FakePhotonic(FakeMachine& machine, std::uint32_t wavelengths, std::uint32_t max_blocks)
    : StorageDevice(PHOTONIC_HEALTH + PHOTONIC_HEALTH_BYTES), machine_(machine) {
  set(PHOTONIC_ID, PHOTONIC_ID_VALUE);
  set(PHOTONIC_WAVELENGTHS, wavelengths);
  set(PHOTONIC_MAX_BLOCKS, max_blocks);
  set(PHOTONIC_ROWS, max_blocks);
  set(PHOTONIC_PHYSICAL_ROWS, max_blocks + 2);
  set(PHOTONIC_QUEUE_DEPTH, 1u);
}

void FakePhotonic::write(std::uint64_t offset, std::span<const std::byte> data) {
  if (offset == PHOTONIC_IRQ_STATUS) return clear_bits(*this, offset, data);
  StorageDevice::write(offset, data);
  if (offset != PHOTONIC_CONTROL) return;
  const std::uint32_t command = get(offset);
  if (command >= PHOTONIC_CONTROL_MAP_ROW || command == PHOTONIC_CONTROL_RESET) return act_at_once(command);
  EXPECT_LT(queue_.size(), get(PHOTONIC_QUEUE_DEPTH)) << "command while the queue is full";
  queue_.push_back({command, get<std::uint64_t>(PHOTONIC_SIGNATURE_ADDRESS), get(PHOTONIC_SIGNATURE_COUNT),
                    get(PHOTONIC_BANK_CONTEXT), get(PHOTONIC_FIRST_BLOCK), get(PHOTONIC_K),
                    get(PHOTONIC_QUERY_SLOT), get<std::uint64_t>(PHOTONIC_RESULT_ADDRESS), get(PHOTONIC_WAIT),
                    get(PHOTONIC_SIGNAL)});
  set(PHOTONIC_SUBMITTED, get(PHOTONIC_SUBMITTED) + 1);
}

void FakePhotonic::act_at_once(std::uint32_t command) {
  if (command == PHOTONIC_CONTROL_RESET) {
    set(PHOTONIC_COMPLETED, get(PHOTONIC_SUBMITTED));
    queue_.clear();
  } else if (fail_command == command) {
    set(PHOTONIC_ERROR, PHOTONIC_ERROR_ROW);
    set(PHOTONIC_IRQ_STATUS, get(PHOTONIC_IRQ_STATUS) | PHOTONIC_IRQ_ERROR);
  } else if (command == PHOTONIC_CONTROL_MAP_ROW) {
    mapped_rows.emplace_back(get(PHOTONIC_ROW_LOGICAL), get(PHOTONIC_ROW_PHYSICAL));
  }
}

bool FakePhotonic::work() {
  if (queue_.empty()) return false;
  const Command command = queue_.front();
  if (semaphores != nullptr && !semaphores->take(command.wait)) return false;
  std::uint32_t event = PHOTONIC_IRQ_ERROR;
  if (fail_command == command.code) {
    set(PHOTONIC_ERROR, PHOTONIC_ERROR_BUS);
  } else {
    event = run(command.code);
    if (semaphores != nullptr) semaphores->signal(command.signal);
  }
  queue_.pop_front();
  set(PHOTONIC_COMPLETED, get(PHOTONIC_COMPLETED) + 1);
  set(PHOTONIC_IRQ_STATUS, get(PHOTONIC_IRQ_STATUS) | event);
  return true;
}

std::uint32_t FakePhotonic::run(std::uint32_t command) {
  if (command == PHOTONIC_CONTROL_LOAD) return load();
  if (command == PHOTONIC_CONTROL_RANK) return rank();
  if (command == PHOTONIC_CONTROL_STORE) return store();
  if (command == PHOTONIC_CONTROL_MONITOR) return monitor();
  EXPECT_EQ(command, PHOTONIC_CONTROL_CALIBRATE);
  ++calibrations;
  return PHOTONIC_IRQ_DONE;
}

std::vector<Label> FakePhotonic::read_signatures() const {
  std::vector<Label> signatures;
  const auto address = queue_.front().signatures;
  const std::uint64_t stride = get(PHOTONIC_WAVELENGTHS) * kElementBytes;
  for (std::uint32_t i = 0; i < queue_.front().count; ++i) {
    signatures.push_back(machine_.get<Label>(address + i * stride));
  }
  return signatures;
}

std::uint32_t FakePhotonic::load() {
  const std::uint32_t context = queue_.front().context;
  if (get(PHOTONIC_PLACEMENT) == PHOTONIC_PLACEMENT_HBM) {
    loaded_ = read_signatures();
  } else {
    loaded_ = on_chip[context];
    EXPECT_LE(queue_.front().count, loaded_.size());
    loaded_.resize(queue_.front().count);
  }
  contexts.push_back(context);
  return PHOTONIC_IRQ_LOADED;
}

std::uint32_t FakePhotonic::store() {
  std::vector<Label>& bank = on_chip[queue_.front().context];
  EXPECT_EQ(queue_.front().first_block, bank.size()) << "blocks are closed in order";
  for (const Label& signature : read_signatures()) bank.push_back(signature);
  return PHOTONIC_IRQ_DONE;
}

std::uint32_t FakePhotonic::monitor() {
  const auto limit = static_cast<std::int32_t>(get(PHOTONIC_HEALTH_LIMIT));
  std::uint32_t bad = 0;
  std::uint32_t worst = 0;
  for (std::uint32_t row = 0; row < get(PHOTONIC_ROWS); ++row) {
    const auto error = [&](std::uint32_t of) {
      return std::abs(get<std::int32_t>(PHOTONIC_HEALTH + 4 * of));
    };
    if (error(row) > limit) ++bad;
    if (error(row) > error(worst)) worst = row;
  }
  set(PHOTONIC_BAD_ROWS, bad);
  set(PHOTONIC_WORST_ROW, worst);
  return PHOTONIC_IRQ_DONE;
}

std::uint32_t FakePhotonic::rank() {
  // Any order will do as long as it is not that of the blocks.
  std::vector<std::uint32_t> order(loaded_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::mt19937 random(static_cast<std::uint32_t>(rankings.size()));
  std::shuffle(order.begin(), order.end(), random);
  EXPECT_LE(queue_.front().k, order.size());
  order.resize(queue_.front().k);
  EXPECT_TRUE(machine_.write(queue_.front().results, std::as_bytes(std::span(order))));
  rankings.push_back(
      {loaded_, get<Label>(PHOTONIC_QUERY + queue_.front().slot * PHOTONIC_QUERY_BYTES), order});
  return PHOTONIC_IRQ_RANKED;
}

}  // namespace prism::test
