// SPDX-License-Identifier: Apache-2.0
// What RAM, ROM and scratchpad share: contiguous storage behind one target socket. The timing is the derived
// class's.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <systemc>

#include "models/common/purpose.h"
#include "models/common/statistics.h"
#include "models/common/units.h"

namespace prism::memory {

/// Blocking, non-blocking (answered by early completion), debug and direct access. The host provides
/// untouched storage lazily. A guest mistake gets an error response (address, command, burst or byte enable)
/// and one log line.
class StorageTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<StorageTarget> socket;

  /// Puts an image into the memory, writable or not, in no time. Throws std::out_of_range when it does not
  /// fit.
  void load(std::uint64_t offset, std::span<const std::byte> image);
  std::span<const std::byte> storage() const { return {storage_.get(), bytes_}; }

  const PurposeCounters& bytes_read() const { return bytes_read_; }
  const PurposeCounters& bytes_written() const { return bytes_written_; }
  /// Adds bytes_read, bytes_written, busy_ns, errors; derived classes add their own.
  virtual void report(ModuleStatistics& out) const;

 protected:
  /// Throws std::invalid_argument for zero bytes, std::bad_alloc when the host has no room.
  StorageTarget(sc_core::sc_module_name name, std::uint64_t bytes, bool writable);

  /// Times an access of `bytes` > 0 at `offset` that arrives at `start`; returns its end.
  virtual Picoseconds access(Picoseconds start, std::uint64_t offset, std::uint64_t bytes) = 0;
  /// Time of a short access on an idle memory: what direct access costs.
  virtual Picoseconds direct_access_ps() const = 0;
  virtual Picoseconds busy() const = 0;

 private:
  struct FreeDeleter {
    void operator()(std::byte* memory) const;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);

  bool in_range(const tlm::tlm_generic_payload& payload) const;
  tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const;
  void move_data(const tlm::tlm_generic_payload& payload);

  std::uint64_t bytes_;
  bool writable_;
  std::unique_ptr<std::byte, FreeDeleter> storage_;
  PurposeCounters bytes_read_;
  PurposeCounters bytes_written_;
  std::uint64_t errors_ = 0;
};

}  // namespace prism::memory
