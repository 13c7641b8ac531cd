// SPDX-License-Identifier: Apache-2.0
// Electronic block ranking: RANK and BOUNDS.
#include <algorithm>
#include <cassert>

#include "models/common/sc_time.h"
#include "models/compute/compute_engine.h"
#include "models/compute/engine_parts.h"
#include "prism/hw/compute.h"

namespace prism::compute {

namespace {

// The rows in flight: large enough to cover the memory's latency at its bandwidth.
constexpr std::uint64_t kPieceBytes = 64 << 10;
constexpr std::size_t kPieces = 8;

}  // namespace

ComputeEngine::Fault ComputeEngine::bus_fault(std::uint64_t address) {
  return {COMPUTE_ERROR_BUS, bus_error_text(address)};
}

Picoseconds ComputeEngine::score_ps(std::uint64_t macs, std::uint64_t rows) const {
  const RankerConfig& ranker = config_.ranker;
  const std::uint64_t clocks =
      std::max(divide_up(macs, ranker.macs_per_clock), divide_up(rows, ranker.top_k_rows_per_clock));
  return static_cast<Picoseconds>(clocks) * period_ps(ranker.clock_mhz);
}

ComputeEngine::Outcome ComputeEngine::rank(const Command& command) {
  const Picoseconds start = now_ps();
  const auto way = command.has(COMPUTE_RANK_EXACT)         ? &ComputeEngine::rank_exactly
                   : command.has(COMPUTE_RANK_SRAM)        ? &ComputeEngine::rank_in_sram
                   : command.has(COMPUTE_RANK_NEAR_MEMORY) ? &ComputeEngine::rank_near_memory
                                                           : &ComputeEngine::rank_over_bus;
  std::vector<std::uint32_t> list;
  Outcome fault = (this->*way)(command, list);
  if (!fault && !cancelled()) {
    TransferBatch batch;
    memory.run({command.destination, list.size() * sizeof(std::uint32_t),
                reinterpret_cast<std::byte*>(list.data()), true, Purpose::kDescriptors},
               batch);
    if (!batch.ok()) fault = bus_fault(batch.fault_address());
  }
  ++ranking_.commands;
  ranking_.busy += now_ps() - start + config_.command_ps;
  rows_ranked_ += command.count;
  return fault;
}

ComputeEngine::Outcome ComputeEngine::start_ranking(const Command& command) {
  operand_.resize(std::size_t{command.heads} * command.dimension);
  TransferBatch batch;
  memory.run(read_into(operand_, command.query, Purpose::kOther), batch);
  if (!batch.ok()) return bus_fault(batch.fault_address());
  ranker_.start(operand_, command.heads, command.dimension,
                command.has(COMPUTE_RANK_BOUNDS) ? RowForm::kBounds : RowForm::kSignature,
                command.has(COMPUTE_RANK_MAX) ? Pooling::kMax : Pooling::kMean);
  return {};
}

ComputeEngine::Outcome ComputeEngine::rank_over_bus(const Command& command,
                                                    std::vector<std::uint32_t>& list) {
  if (Outcome fault = start_ranking(command)) return fault;
  const std::uint64_t row_bytes = ranker_.row_elements() * sizeof(Bfloat16);
  const std::uint64_t rows_a_piece = std::max<std::uint64_t>(1, kPieceBytes / row_bytes);
  const std::uint64_t pieces = divide_up(command.count, rows_a_piece);
  const auto rows_of = [&](std::uint64_t piece) {
    return std::min(rows_a_piece, command.count - piece * rows_a_piece);
  };
  std::vector<std::vector<Bfloat16>> rows(kPieces);
  std::vector<TransferBatch> batches(kPieces);
  Picoseconds scored = now_ps();
  std::uint64_t fetched = 0;
  Outcome fault;
  for (std::uint64_t piece = 0; piece < pieces && !fault && !cancelled(); ++piece) {
    for (; fetched < pieces && fetched < piece + kPieces; ++fetched) {
      std::vector<Bfloat16>& buffer = rows[fetched % kPieces];
      buffer.resize(rows_of(fetched) * ranker_.row_elements());
      memory.submit(read_into(buffer, command.source + fetched * rows_a_piece * row_bytes, command.traffic()),
                    batches[fetched % kPieces]);
    }
    TransferBatch& batch = batches[piece % kPieces];
    memory.wait(batch);
    if (!batch.ok()) fault = bus_fault(batch.fault_address());
    if (fault || cancelled()) break;
    const std::uint64_t macs = ranker_.add(rows[piece % kPieces]);
    ranking_macs_ += macs;
    scored = std::max(scored, now_ps()) + score_ps(macs, rows_of(piece));
  }
  for (TransferBatch& batch : batches) memory.wait(batch);
  wait_until(scored + config_.ranker.top_k_ps);
  if (!fault && !cancelled()) list = ranker_.best(command.output_dimension);
  return fault;
}

ComputeEngine::Outcome ComputeEngine::rank_in_sram(const Command& command, std::vector<std::uint32_t>& list) {
  if (Outcome fault = start_ranking(command)) return fault;
  const std::span<const Bfloat16> rows =
      sram_.read(static_cast<std::uint32_t>(command.source), static_cast<std::uint32_t>(command.bytes),
                 command.count, ranker_.row_elements());
  if (rows.empty() && command.count > 0) {
    return Fault{COMPUTE_ERROR_ARGUMENT, "rows that the signature SRAM does not hold"};
  }
  const std::uint64_t macs = ranker_.add(rows);
  ranking_macs_ += macs;
  // Scored as they are read: the slower of the two.
  wait_until(now_ps() + std::max(sram_.read_ps(rows.size_bytes()), score_ps(macs, command.count)) +
             config_.ranker.top_k_ps);
  list = ranker_.best(command.output_dimension);
  return {};
}

ComputeEngine::Outcome ComputeEngine::rank_near_memory(const Command& command,
                                                       std::vector<std::uint32_t>& list) {
  if (Outcome fault = start_ranking(command)) return fault;
  std::vector<Bfloat16> rows(std::size_t{command.count} * ranker_.row_elements());
  const std::span<std::byte> bytes = std::as_writable_bytes(std::span(rows));
  // The base die reads the stacks behind the interface: the bytes pass no bus.
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(command.source);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(bytes.data()));
  payload.set_data_length(static_cast<unsigned>(bytes.size()));
  payload.set_streaming_width(payload.get_data_length());
  if (!bytes.empty() && memory.socket->transport_dbg(payload) != bytes.size()) {
    return bus_fault(command.source);
  }
  const std::uint64_t macs = ranker_.add(rows);
  ranking_macs_ += macs;
  near_memory_bytes_ += bytes.size();
  const NearMemoryConfig& die = config_.ranker.near_memory;
  const std::uint64_t clocks = divide_up(macs, die.macs_per_clock);
  const Picoseconds scoring = static_cast<Picoseconds>(clocks) * period_ps(die.clock_mhz);
  wait_until(now_ps() + die.latency_ps + std::max(transfer_ps(bytes.size(), die.gbps), scoring) +
             config_.ranker.top_k_ps);
  list = ranker_.best(command.output_dimension);
  return {};
}

ComputeEngine::Outcome ComputeEngine::rank_exactly(const Command& command, std::vector<std::uint32_t>& list) {
  if (exact_ == nullptr) return Fault{COMPUTE_ERROR_ARGUMENT, "no exact order is known"};
  list = exact_->best(command.source, command.step, static_cast<std::uint32_t>(command.bytes), command.count,
                      command.output_dimension);
  if (list.size() < command.output_dimension) return Fault{COMPUTE_ERROR_ARGUMENT, "no such head or blocks"};
  return {};
}

ComputeEngine::Outcome ComputeEngine::bounds(const Command& command) {
  std::vector<Bfloat16> vectors(std::size_t{command.count} * command.dimension);
  TransferBatch batch;
  memory.run(read_into(vectors, command.source, command.traffic()), batch);
  if (!batch.ok()) return bus_fault(batch.fault_address());
  result_.resize(2 * std::size_t{command.dimension});
  compute::bounds(vectors, command.dimension, result_);
  wait_until(now_ps() + score_ps(vectors.size(), 0));  // a comparison takes a MAC's slot
  return write_out(command.destination, command.traffic());
}

void ComputeEngine::report_ranking(ModuleStatistics& out) const {
  out.gauge("rank_ns", "ns", "time in rank commands", ns_from_ps(ranking_.busy));
  out.count("rank_commands", "1", "rank commands executed", ranking_.commands);
  out.count("rows_ranked", "1", "signatures or bounds scored", rows_ranked_);
  out.count("ranking_macs", "1", "multiply-accumulates of the ranker", ranking_macs_);
  out.count("near_memory_bytes", "bytes", "read inside the HBM by its base die's ranker, past no bus",
            near_memory_bytes_);
  out.energy("hbm.near_memory",
             static_cast<double>(near_memory_bytes_) * config_.ranker.near_memory.access_pj_per_byte,
             "reads inside the HBM by its base die's ranker");
  if (config_.ranker.mac_pj < 0.0) {
    out.energy_unknown("compute.ranking");
  } else {
    out.energy("compute.ranking", static_cast<double>(ranking_macs_) * config_.ranker.mac_pj,
               "multiply-accumulates of the ranker");
  }
  sram_.report(out, now_ps());
}

}  // namespace prism::compute
