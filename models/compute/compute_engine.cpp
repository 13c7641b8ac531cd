// SPDX-License-Identifier: Apache-2.0
#include "models/compute/compute_engine.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>
#include <string>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"
#include "models/compute/engine_parts.h"
#include "prism/hw/compute.h"
#include "prism/hw/memory_map.h"

namespace prism::compute {

namespace {

// The weights in flight are this many pieces: one is replaced as soon as it has been computed on.
constexpr std::uint32_t kStreamPieces = 8;
constexpr std::uint32_t kMaxRingEntries = 4096;
constexpr std::uint64_t kRingAlignment = 32;
constexpr std::size_t kRingFetch = 16;  // commands read from the ring at a time, at most

}  // namespace

const std::array<ComputeEngine::Operation, 4> ComputeEngine::kOperations = {{
    {"gemv", &ComputeEngine::gemv},
    {"project_qkv", &ComputeEngine::project_qkv},
    {"attend", &ComputeEngine::attend},
    {"sketch", &ComputeEngine::sketch},
}};

ComputeEngine::ComputeEngine(sc_core::sc_module_name name, const ComputeConfig& config,
                             const ActivationSource* activations, const RankingContent& ranking)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.register_ps),
      memory("memory", this->name(), config.port),
      semaphores("semaphores"),
      irq("irq"),
      config_(config),
      activations_(activations),
      timing_(config),
      bank_(this->name(), PRISM_DEVICE_BYTES),
      semaphore_client_(semaphores),
      exact_(ranking.exact),
      sram_(config.ranker.sram, ranking.signatures) {
  assert(config_.queue_depth > 0 && config_.stream_chunk_bytes > 0);
  assert(config_.tile_tokens > 0 && config_.tile_buffers > 0);
  add_registers();
  sc_core::sc_spawn([this] { execute_commands(); }, "execute_commands");
  sc_core::sc_spawn([this] { fetch_commands(); }, "fetch_commands");
  sc_core::sc_spawn_options on_change;
  on_change.spawn_method();
  on_change.set_sensitivity(&irq_changed_);
  on_change.dont_initialize();
  sc_core::sc_spawn([this] { drive_irq(); }, "drive_irq", &on_change);
}

template <typename Field>
void ComputeEngine::add_argument(const char* name, std::uint64_t offset, Field Command::*field,
                                 const char* description) {
  bank_.add({name, offset, sizeof(Field), RegisterAccess::kReadWrite, 0, description})
      .on_write([this, field](std::uint64_t value) { next_.*field = static_cast<Field>(value); });
}

void ComputeEngine::add_registers() {
  using enum RegisterAccess;
  bank_.add({"ID", COMPUTE_ID, 4, kReadOnly, COMPUTE_ID_VALUE, "identity"});
  bank_.add(
      {"QUEUE_DEPTH", COMPUTE_QUEUE_DEPTH, 4, kReadOnly, config_.queue_depth, "commands that may wait"});
  bank_.add({"STATUS", COMPUTE_STATUS, 4, kReadOnly, 0, "busy, full, error"}).on_read([this] {
    return (executing_ || !queue_.empty() ? COMPUTE_STATUS_BUSY : 0u) |
           (queue_.size() >= config_.queue_depth ? COMPUTE_STATUS_FULL : 0u) |
           (error_->value() != COMPUTE_ERROR_NONE ? COMPUTE_STATUS_ERROR : 0u);
  });
  bank_.add({"PENDING", COMPUTE_PENDING, 4, kReadOnly, 0, "commands accepted and not finished"})
      .on_read([this] { return accepted(); });
  bank_.add({"COMPLETED", COMPUTE_COMPLETED, 4, kReadOnly, 0, "commands finished"}).on_read([this] {
    return completed_;
  });
  error_ = &bank_.add({"ERROR", COMPUTE_ERROR, 4, kReadOnly, 0, "error of the first failed command"});
  error_command_ = &bank_.add({"ERROR_COMMAND", COMPUTE_ERROR_COMMAND, 4, kReadOnly, 0, "its number"});
  bank_.add({"CONTROL", COMPUTE_CONTROL, 4, kWriteOnly, 0, "reset"}).on_write([this](std::uint64_t value) {
    write_control(static_cast<std::uint32_t>(value));
  });
  const auto irq_written = [this](std::uint64_t) { irq_changed_.notify(sc_core::SC_ZERO_TIME); };
  irq_status_ = &bank_.add({"IRQ_STATUS", COMPUTE_IRQ_STATUS, 4, kWriteOneToClear, 0, "interrupts pending"});
  irq_status_->on_write(irq_written);
  irq_enable_ = &bank_.add({"IRQ_ENABLE", COMPUTE_IRQ_ENABLE, 4, kReadWrite, 0, "interrupts let through"});
  irq_enable_->on_write(irq_written);

  add_argument("OPCODE", COMPUTE_OPCODE, &Command::opcode, "operation");
  add_argument("FLAGS", COMPUTE_FLAGS, &Command::flags, "interrupt, first, last, fp16");
  add_argument("SOURCE", COMPUTE_SOURCE, &Command::source, "weights, keys and values, or vectors");
  add_argument("QUERY", COMPUTE_QUERY, &Command::query, "queries, or projection matrix");
  add_argument("DESTINATION", COMPUTE_DESTINATION, &Command::destination, "results");
  add_argument("BYTES", COMPUTE_BYTES, &Command::bytes, "weight bytes to stream; distance of results");
  add_argument("COUNT", COMPUTE_COUNT, &Command::count, "tokens, vectors, or batch");
  add_argument("DIMENSION", COMPUTE_DIMENSION, &Command::dimension, "vector length");
  add_argument("HEADS", COMPUTE_HEADS, &Command::heads, "query heads that share keys and values; groups");
  add_argument("OUTPUT_DIMENSION", COMPUTE_OUTPUT_DIMENSION, &Command::output_dimension, "sketch dimension");
  add_argument("BLOCK_TOKENS", COMPUTE_BLOCK_TOKENS, &Command::block_tokens, "tokens in a block of K/V");
  bank_.add({"SEQUENCE", COMPUTE_SEQUENCE, 4, kReadWrite, 0, "unused"});
  add_argument("LAYER", COMPUTE_LAYER, &Command::layer, "layer");
  add_argument("STEP", COMPUTE_STEP, &Command::step, "decode step");
  add_argument("PURPOSE", COMPUTE_PURPOSE, &Command::purpose, "purpose of the command's traffic");
  bank_.add({"DOORBELL", COMPUTE_DOORBELL, 4, kWriteOnly, 0, "pushes the command"})
      .on_write([this](std::uint64_t) { ring_doorbell(); });
  add_argument("WAIT", COMPUTE_WAIT, &Command::wait, "semaphore and amount to take first");
  add_argument("SIGNAL", COMPUTE_SIGNAL, &Command::signal, "semaphore and amount to add afterwards");

  ring_address_ = &bank_.add({"RING_ADDRESS", COMPUTE_RING_ADDRESS, 8, kReadWrite, 0, "ring of commands"});
  ring_entries_ = &bank_.add({"RING_ENTRIES", COMPUTE_RING_ENTRIES, 4, kReadWrite, 0, "entries of the ring"});
  ring_laps_ = &bank_.add(
      {"RING_LAPS", COMPUTE_RING_LAPS, 4, kReadWrite, 0, "rings that PRODUCER may be ahead; 0 as 1"});
  coalesce_ = &bank_.add(
      {"COALESCE", COMPUTE_COALESCE, 4, kReadWrite, 0, "commands to collect for one interrupt; 0 as 1"});
  producer_ = &bank_.add({"PRODUCER", COMPUTE_PRODUCER, 4, kReadWrite, 0, "commands written to the ring"});
  producer_->on_write([this](std::uint64_t) {
    if (const char* text = ring_error()) {
      fail(completed_ + 1, {COMPUTE_ERROR_RING, text});
      producer_->set(ring_fetched_);
    }
    ring_work_.notify(sc_core::SC_ZERO_TIME);
  });
}

void ComputeEngine::write_control(std::uint32_t value) {
  if ((value & COMPUTE_CONTROL_RESET) == 0) return;
  ++generation_;
  queue_.clear();
  halted_ = false;
  completed_ = 0;
  collected_ = 0;
  error_->set(COMPUTE_ERROR_NONE);
  error_command_->set(0);
  irq_status_->set(0);
  producer_->set(0);
  ring_fetched_ = 0;
  reset_.notify(sc_core::SC_ZERO_TIME);
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
  if (!executing_) attention_.abandon();
}

void ComputeEngine::ring_doorbell() {
  if (error_->value() != COMPUTE_ERROR_NONE) {
    log_guest_error(name(), "doorbell ignored: the engine has failed and was not reset");
    return;
  }
  push(next_);
}

void ComputeEngine::push(Command command) {
  const auto pending = static_cast<std::uint32_t>(accepted());
  command.number = completed_ + pending + 1;
  if (queue_.size() >= config_.queue_depth) {
    fail(command.number, {COMPUTE_ERROR_FULL, "queue full"});
    return;
  }
  queue_.push_back(command);
  work_.notify(sc_core::SC_ZERO_TIME);
}

const char* ComputeEngine::ring_error() const {
  const std::uint64_t address = ring_address_->value();
  const std::uint32_t entries = ring_entries_->value32();
  if (!std::has_single_bit(entries) || entries < 2 || entries > kMaxRingEntries) return "ring size invalid";
  if (address % kRingAlignment != 0) return "ring not aligned";
  if (address + entries * sizeof(prism_compute_command) < address) return "ring wraps around";
  const std::uint64_t ahead = producer_->value32() - ring_fetched_;
  if (ahead > std::uint64_t{entries} * std::max(ring_laps_->value32(), 1u)) {
    return "producer more than a ring ahead";
  }
  return nullptr;
}

bool ComputeEngine::can_fetch() const {
  return producer_->value32() != ring_fetched_ && queue_.size() < config_.queue_depth &&
         error_->value() == COMPUTE_ERROR_NONE;
}

void ComputeEngine::fetch_commands() {
  std::array<prism_compute_command, kRingFetch> entries;
  for (;;) {
    while (!can_fetch()) sc_core::wait(ring_work_ | reset_);
    const std::size_t count = std::min<std::size_t>({entries.size(), producer_->value32() - ring_fetched_,
                                                     config_.queue_depth - queue_.size(),
                                                     ring_entries_->value32() - ring_position()});
    const auto fetched = std::as_writable_bytes(std::span(entries).first(count));
    const std::uint64_t address = ring_address_->value() + ring_position() * sizeof(prism_compute_command);
    const std::uint64_t generation = generation_;
    TransferBatch batch;
    memory.run({address, fetched.size(), fetched.data(), false, Purpose::kDescriptors}, batch);
    if (generation != generation_) continue;
    if (!batch.ok()) {
      fail(completed_ + 1, {COMPUTE_ERROR_RING, bus_error_text(batch.fault_address())});
      continue;
    }
    const std::uint32_t lap = ring_fetched_ / ring_entries_->value32();
    ring_fetched_ += static_cast<std::uint32_t>(count);
    for (std::size_t i = 0; i < count; ++i) push(command_from(entries[i], lap));
  }
}

bool ComputeEngine::take_semaphore(const Command& command) {
  const Picoseconds begun = now_ps();
  const bool taken = semaphore_client_.take(command.wait, reset_, [this] { return cancelled(); });
  waiting_ps_ += now_ps() - begun;
  return taken;
}

void ComputeEngine::execute_commands() {
  for (;;) {
    while (queue_.empty() || halted_) sc_core::wait(work_);
    const Command command = queue_.front();
    queue_.pop_front();
    executing_ = true;
    executing_generation_ = generation_;
    ring_work_.notify(sc_core::SC_ZERO_TIME);
    const bool known = semaphore_client_.knows(command.wait) && semaphore_client_.knows(command.signal);
    if (known) take_semaphore(command);
    const Picoseconds start = now_ps();
    sc_core::wait(to_sc_time(config_.command_ps));
    Outcome fault;
    if (!known) {
      fault = Fault{COMPUTE_ERROR_SEMAPHORE, "no such semaphore"};
    } else if (!cancelled()) {
      fault = execute(command);
    }
    executing_ = false;
    ++commands_;
    busy_ps_ += now_ps() - start;
    if (command.opcode - 1 < usage_.size()) {
      Usage& usage = usage_[command.opcode - 1];
      usage.busy += now_ps() - start;
      ++usage.commands;
    }
    if (on_activity_ && command.opcode != COMPUTE_OP_NOP) tell(command, start);
    if (fault || cancelled()) attention_.abandon();
    if (cancelled()) continue;
    if (fault) {
      halted_ = true;
      fail(command.number, *fault);
      continue;
    }
    ++completed_;
    semaphore_client_.signal(command.signal);
    if (command.has(COMPUTE_FLAG_INTERRUPT) && ++collected_ >= coalesce_->value32()) {
      collected_ = 0;
      raise(COMPUTE_IRQ_COMPLETE);
    }
  }
}

void ComputeEngine::tell(const Command& command, Picoseconds begun) const {
  const bool known = command.opcode - 1 < kOperations.size();
  on_activity_({.name = known ? kOperations[command.opcode - 1].name : "unknown",
                .unit = "commands",
                .begun = begun,
                .ended = now_ps(),
                .bytes = command.bytes,
                .reads_from = command.source,
                .writes_to = 0,
                .writes_bytes = 0});
}

ComputeEngine::Outcome ComputeEngine::execute(const Command& command) {
  const bool ranks = command.opcode == COMPUTE_OP_RANK || command.opcode == COMPUTE_OP_BOUNDS;
  const bool waits_only = command.opcode == COMPUTE_OP_NOP;
  if ((command.opcode - 1 >= kOperations.size() && !ranks && !waits_only) ||
      (command.opcode == COMPUTE_OP_PROJECT_QKV && activations_ == nullptr)) {
    return Fault{COMPUTE_ERROR_OPCODE, "unknown opcode " + std::to_string(command.opcode)};
  }
  if (const char* text = argument_error(command)) return Fault{COMPUTE_ERROR_ARGUMENT, text};
  if (waits_only) return {};
  if (ranks) return command.opcode == COMPUTE_OP_RANK ? rank(command) : bounds(command);
  return (this->*kOperations[command.opcode - 1].run)(command);
}

ComputeEngine::Outcome ComputeEngine::gemv(const Command& command) {
  // Pieces end at multiples of their size in the address space, so that every one but the first and the last
  // is whole bursts.
  const std::uint64_t piece_bytes = divide_up(config_.stream_chunk_bytes, kStreamPieces);
  const std::uint64_t lead = command.source % piece_bytes;  // from the multiple before to the first byte
  const auto begin_of = [&](std::uint64_t piece) { return std::max(piece * piece_bytes, lead) - lead; };
  const auto bytes_of = [&](std::uint64_t piece) {
    return std::min(begin_of(piece + 1), command.bytes) - begin_of(piece);
  };
  const auto fetch = [&](std::uint64_t piece, std::uint32_t, TransferBatch& batch) {
    memory.submit({command.source + begin_of(piece), bytes_of(piece), nullptr, false, command.traffic()},
                  batch);
  };
  const auto compute = [&](std::uint64_t piece, std::uint32_t) {
    return charge(matrix_work(bytes_of(piece), command.count));
  };
  return stream({divide_up(lead + command.bytes, piece_bytes), kStreamPieces, fetch, compute});
}

ComputeEngine::Outcome ComputeEngine::project_qkv(const Command& command) {
  const ActivationShape shape = activations_->shape();
  const std::size_t queries = std::size_t{shape.query_heads} * shape.head_dimension;
  const std::size_t keys = std::size_t{shape.kv_heads} * shape.head_dimension;
  const std::uint64_t bytes = (queries + 2 * keys) * sizeof(Bfloat16);
  if (command.destination + command.count * bytes < command.destination) {
    return Fault{COMPUTE_ERROR_ARGUMENT, "destination wraps around the address space"};
  }
  if (Outcome fault = gemv(command)) return fault;
  result_.resize(queries + 2 * keys);
  const std::span vectors(result_);
  for (std::uint32_t sequence = 0; sequence < command.count && !cancelled(); ++sequence) {
    activations_->fill(sequence, command.layer, command.step, vectors.first(queries),
                       vectors.subspan(queries, keys), vectors.last(keys));
    if (Outcome fault = write_out(command.destination + sequence * bytes, Purpose::kOther)) return fault;
  }
  return {};
}

ComputeEngine::Outcome ComputeEngine::attend(const Command& command) {
  const bool first = command.has(COMPUTE_FLAG_FIRST);
  if (!first && (!attention_.running() || attention_.heads() != command.heads ||
                 attention_.dimension() != command.dimension || attention_.format() != command.format())) {
    return Fault{COMPUTE_ERROR_ARGUMENT, "no running softmax of these heads, dimension and format"};
  }
  const std::size_t vectors = std::size_t{command.heads} * command.dimension;
  const std::size_t tile_elements = std::size_t{config_.tile_tokens} * command.dimension;
  operand_.resize(vectors);
  buffers_.resize(config_.tile_buffers);
  for (auto& buffer : buffers_) buffer.resize(2 * tile_elements);

  const auto tile_of = [&](std::uint64_t piece) { return kv_tile(command, config_.tile_tokens, piece); };
  const auto fetch = [&](std::uint64_t piece, std::uint32_t buffer, TransferBatch& batch) {
    if (first && piece == 0) memory.submit(read_into(operand_, command.query, Purpose::kOther), batch);
    const KvTile tile = tile_of(piece);
    const std::size_t elements = std::size_t{tile.tokens} * command.dimension;
    const std::span data(buffers_[buffer]);
    memory.submit(read_into(data.first(elements), tile.keys, command.traffic()), batch);
    if (tile.values == tile.keys) return;
    memory.submit(read_into(data.subspan(tile_elements, elements), tile.values, command.traffic()), batch);
  };
  const auto compute = [&](std::uint64_t piece, std::uint32_t buffer) {
    if (first && piece == 0) {
      attention_.start(operand_, command.heads, command.dimension, command.format());
    }
    const std::uint32_t tokens = tile_of(piece).tokens;
    const std::span data(buffers_[buffer]);
    const bool is_shared = command.has(COMPUTE_ATTEND_SHARED);
    attention_.accumulate(data.first(tile_elements),
                          is_shared ? data.first(tile_elements) : data.last(tile_elements), tokens);
    return charge(attention_work(tokens, command.dimension, command.heads));
  };
  Outcome fault = stream({kv_tiles(command, config_.tile_tokens), config_.tile_buffers, fetch, compute});
  if (fault || cancelled() || !command.has(COMPUTE_FLAG_LAST)) return fault;
  result_.resize(vectors);
  attention_.finish(result_);
  return write_out(command.destination, Purpose::kOther);
}

ComputeEngine::Outcome ComputeEngine::sketch(const Command& command) {
  const std::size_t matrix = std::size_t{command.output_dimension} * command.dimension;
  operand_.resize(matrix);
  buffers_.resize(config_.tile_buffers);
  for (auto& buffer : buffers_) buffer.resize(std::size_t{config_.tile_tokens} * command.dimension);

  // Pieces do not reach across groups.
  const std::uint64_t pieces = divide_up(command.count, config_.tile_tokens);
  const auto count_of = [&](std::uint64_t piece) {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(config_.tile_tokens, command.count - piece % pieces * config_.tile_tokens));
  };
  const auto fetch = [&](std::uint64_t piece, std::uint32_t buffer, TransferBatch& batch) {
    if (piece == 0) memory.submit(read_into(operand_, command.query, command.traffic()), batch);
    const std::uint64_t vectors = piece / pieces * command.count + piece % pieces * config_.tile_tokens;
    const std::span data =
        std::span(buffers_[buffer]).first(std::size_t{count_of(piece)} * command.dimension);
    memory.submit(
        read_into(data, command.source + vectors * command.dimension * sizeof(Bfloat16), command.traffic()),
        batch);
  };
  std::vector<std::vector<Bfloat16>> results(command.groups());
  const auto compute = [&](std::uint64_t piece, std::uint32_t buffer) {
    if (piece % pieces == 0) sketch_.start(command.dimension, command.format());
    sketch_.add(buffers_[buffer], count_of(piece));
    const Picoseconds mean = charge(mean_work(count_of(piece), command.dimension));
    if ((piece + 1) % pieces != 0) return mean;
    std::vector<Bfloat16>& result = results[piece / pieces];
    result.resize(command.output_dimension);
    sketch_.finish(operand_, result);
    return mean + charge(matrix_work(matrix * sizeof(Bfloat16), 1));
  };
  Outcome fault = stream({command.groups() * pieces, config_.tile_buffers, fetch, compute});
  if (fault || cancelled()) return fault;
  if (command.has(COMPUTE_SKETCH_TO_SRAM)) {
    const auto head = static_cast<std::uint32_t>(command.destination);
    if (sram_.write(head, static_cast<std::uint32_t>(command.bytes), results.front())) return {};
    return Fault{COMPUTE_ERROR_ARGUMENT, "no such row of the signature SRAM"};
  }
  TransferBatch written;
  for (std::size_t group = 0; group < results.size(); ++group) {
    memory.submit(
        transfer_of(command.destination + group * command.bytes, results[group], true, command.traffic()),
        written);
  }
  memory.wait(written);
  if (written.ok()) return {};
  return bus_fault(written.fault_address());
}

ComputeEngine::Outcome ComputeEngine::stream(const Stream& stream) {
  const std::uint32_t buffers = std::max(stream.buffers, 1u);
  std::vector<TransferBatch> batches(buffers);
  std::vector<Picoseconds> free_at(buffers, 0);  // when the buffer's piece has been computed on
  const Picoseconds begun = now_ps();
  Picoseconds computed = begun;
  Picoseconds loaded = begun;
  std::uint64_t fetched = 0;
  bool ok = true;
  for (std::uint64_t piece = 0; piece < stream.pieces && ok && !cancelled(); ++piece) {
    for (; fetched < stream.pieces && fetched < piece + buffers; ++fetched) {
      const auto buffer = static_cast<std::uint32_t>(fetched % buffers);
      wait_until(free_at[buffer]);
      stream.fetch(fetched, buffer, batches[buffer]);
    }
    const auto buffer = static_cast<std::uint32_t>(piece % buffers);
    memory.wait(batches[buffer]);
    loaded = now_ps();
    ok = batches[buffer].ok();
    if (!ok || cancelled()) break;
    computed = std::max(now_ps(), computed) + stream.compute(piece, buffer);
    free_at[buffer] = computed;
  }
  for (TransferBatch& batch : batches) memory.wait(batch);
  load_ps_ += loaded - begun;
  wait_until(computed);
  if (ok) return {};
  std::uint64_t fault_address = ~std::uint64_t{0};
  for (const TransferBatch& batch : batches) {
    if (!batch.ok()) fault_address = std::min(fault_address, batch.fault_address());
  }
  return bus_fault(fault_address);
}

ComputeEngine::Outcome ComputeEngine::write_out(std::uint64_t address, Purpose purpose) {
  TransferBatch batch;
  memory.run(transfer_of(address, result_, true, purpose), batch);
  if (batch.ok()) return {};
  return bus_fault(batch.fault_address());
}

Picoseconds ComputeEngine::charge(const Work& work) {
  const Picoseconds time = timing_.time_ps(work);
  work_done_ += work;
  compute_ps_ += time;
  return time;
}

void ComputeEngine::fail(std::uint32_t number, const Fault& fault) {
  ++errors_;
  log_guest_error(name(), "command " + std::to_string(number) + ": " + fault.text);
  if (error_->value() == COMPUTE_ERROR_NONE) {
    error_->set(fault.error);
    error_command_->set(number);
  }
  raise(COMPUTE_IRQ_ERROR);
}

void ComputeEngine::raise(std::uint32_t interrupt) {
  irq_status_->set(irq_status_->value() | interrupt);
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void ComputeEngine::drive_irq() {
  irq.write((irq_status_->value() & irq_enable_->value()) != 0);
}

void ComputeEngine::report(ModuleStatistics& out) const {
  for (std::size_t i = 0; i < usage_.size(); ++i) {
    const std::string operation = kOperations[i].name;
    out.gauge(operation + "_ns", "ns", "time in " + operation + " commands", ns_from_ps(usage_[i].busy));
    out.count(operation + "_commands", "1", operation + " commands executed", usage_[i].commands);
  }
  out.gauge("busy_ns", "ns", "time in commands", ns_from_ps(busy_ps_));
  out.gauge("compute_ns", "ns", "time in which the array or the softmax unit worked",
            ns_from_ps(compute_ps_));
  out.gauge("load_ns", "ns", "time in commands with operands on their way", ns_from_ps(load_ps_));
  out.gauge("mac_ns", "ns", "time that the array alone would take", ns_from_ps(timing_.mac_ps(work_done_)));
  out.gauge("softmax_ns", "ns", "time that the softmax unit alone would take",
            ns_from_ps(timing_.exponential_ps(work_done_)));
  out.gauge("waiting_ns", "ns", "time of commands waiting for a semaphore", ns_from_ps(waiting_ps_));
  out.gauge("stall_ns", "ns", "time in commands spent waiting for data",
            ns_from_ps(busy_ps_ - compute_ps_ - static_cast<Picoseconds>(commands_) * config_.command_ps));
  out.count("commands", "1", "commands executed, failed ones too", commands_);
  out.count("errors", "1", "commands that failed or were dropped", errors_);
  out.count("macs", "1", "multiply-accumulates", work_done_.macs);
  out.count("exponentials", "1", "softmax exponentials", work_done_.exponentials);
  memory.report(out);
  if (const auto energy = timing_.energy_pj(work_done_)) {
    out.energy("compute.mac", *energy, "multiply-accumulates");
  } else {
    out.energy_unknown("compute.mac");
  }
  report_ranking(out);
}

}  // namespace prism::compute
