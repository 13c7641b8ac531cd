// SPDX-License-Identifier: Apache-2.0
// Functional fakes of the accelerators, written from the register headers alone. Vectors carry labels instead
// of numbers: who they are, so that a test sees exactly which vector went where.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "prism/hw/compute.h"
#include "prism/hw/dma.h"
#include "prism/hw/photonic.h"
#include "prism/hw/semaphores.h"
#include "tests/firmware/fake_machine.h"

namespace prism::test {

enum class Kind : std::uint16_t { kNone, kQuery, kKey, kValue, kQuerySketch, kSignature, kProjection };

/// The first elements of a vector.
struct Label {
  Kind kind = Kind::kNone;
  std::uint16_t sequence = 0;
  std::uint16_t layer = 0;
  std::uint16_t head = 0;   // query head, or KV head
  std::uint16_t token = 0;  // of a signature: the block's first token
  std::uint16_t count = 0;  // vectors of which it is the sketch
  auto operator<=>(const Label&) const = default;
};

class FakeSemaphores : public StorageDevice {
 public:
  explicit FakeSemaphores(std::uint32_t count);

  /// Takes what the operand names; false: not there yet.
  bool take(std::uint32_t operand);
  void signal(std::uint32_t operand);
};

class FakeDma : public StorageDevice {
 public:
  FakeDma(FakeMachine& machine, std::uint32_t channels);

  void write(std::uint64_t offset, std::span<const std::byte> data) override;
  bool irq() const override;
  bool work() override;

  /// The descriptor that halts its channel, counted from 0 over all channels; none by default.
  std::optional<std::size_t> fail_at;
  std::vector<dma_descriptor> executed;  // as they were in their lap
  FakeSemaphores* semaphores = nullptr;  // null: descriptors name none

 private:
  bool execute_next(std::uint32_t channel);
  bool move(const dma_descriptor& descriptor);
  void halt(std::uint32_t channel, std::uint64_t descriptor_address);

  FakeMachine& machine_;
  std::uint32_t channels_;
};

struct ComputeCommand {
  std::uint32_t opcode, flags;
  std::uint64_t source, query, destination, bytes;
  std::uint32_t count, dimension, heads, output_dimension, block_tokens, layer, step, purpose, wait, signal;
};

/// What one FIRST..LAST sequence of ATTEND commands attended to.
struct Attention {
  std::vector<Label> queries;
  std::vector<Label> keys;
  std::vector<Label> values;
  std::uint64_t destination = 0;
};

class FakeCompute : public StorageDevice {
 public:
  struct Shape {
    std::uint32_t query_heads = 0;
    std::uint32_t kv_heads = 0;
    std::uint32_t context_tokens = 0;
  };

  FakeCompute(FakeMachine& machine, Shape shape, std::uint32_t queue_depth);

  void write(std::uint64_t offset, std::span<const std::byte> data) override;
  bool irq() const override { return (get(COMPUTE_IRQ_STATUS) & get(COMPUTE_IRQ_ENABLE)) != 0; }
  bool work() override;

  std::optional<std::size_t> fail_at;  // the command that fails, counted from 0
  std::vector<ComputeCommand> executed;
  std::vector<Attention> attentions;
  std::size_t most_queued = 0;
  std::uint32_t first_count = 0;  // of COMPLETED, after a reset
  FakeSemaphores* semaphores = nullptr;

 private:
  ComputeCommand arguments() const;
  void fetch();
  void project(const ComputeCommand& command);
  void attend(const ComputeCommand& command);
  void sketch(const ComputeCommand& command);

  FakeMachine& machine_;
  Shape shape_;
  std::deque<ComputeCommand> queue_;
  std::uint32_t fetched_ = 0;    // commands of the ring
  std::uint32_t collected_ = 0;  // for one interrupt
  Attention running_;
};

struct Ranking {
  std::vector<Label> signatures;
  Label query;
  std::vector<std::uint32_t> best;
};

class FakePhotonic : public StorageDevice {
 public:
  FakePhotonic(FakeMachine& machine, std::uint32_t wavelengths, std::uint32_t max_blocks);

  void write(std::uint64_t offset, std::span<const std::byte> data) override;
  bool irq() const override { return (get(PHOTONIC_IRQ_STATUS) & get(PHOTONIC_IRQ_ENABLE)) != 0; }
  bool work() override;

  std::optional<std::uint32_t> fail_command;  // PHOTONIC_CONTROL_* that ends in a bus error
  std::vector<Ranking> rankings;
  std::vector<std::uint32_t> contexts;                  // tags of the loads
  std::map<std::uint32_t, std::vector<Label>> on_chip;  // by context; LOAD reads it unless PLACEMENT is HBM
  std::vector<std::pair<std::uint32_t, std::uint32_t>> mapped_rows;  // logical, physical
  std::uint32_t calibrations = 0;
  FakeSemaphores* semaphores = nullptr;

 private:
  struct Command {
    std::uint32_t code;
    std::uint64_t signatures;
    std::uint32_t count, context, first_block, k, slot;
    std::uint64_t results;
    std::uint32_t wait, signal;
  };

  void act_at_once(std::uint32_t command);
  std::uint32_t run(std::uint32_t command);
  std::uint32_t load();
  std::uint32_t rank();
  std::uint32_t store();
  std::uint32_t monitor();
  std::vector<Label> read_signatures() const;

  FakeMachine& machine_;
  std::deque<Command> queue_;
  std::vector<Label> loaded_;
};

}  // namespace prism::test
