// SPDX-License-Identifier: Apache-2.0
// Guests of random bytes on the whole platform, with every device mapped.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <span>
#include <systemc>

#include "models/common/sc_time.h"
#include "models/cpu/rv64/elf_file.h"
#include "platform/config/config.h"
#include "platform/soc/soc.h"
#include "tests/fuzz/random_code.h"

namespace prism::test {
namespace {

constexpr std::uint64_t kRam = 0x8000'0000;
constexpr std::size_t kCodeBytes = 16384;

/// Seeds are 0 to this; PRISM_FUZZ_SEEDS asks for more.
std::uint64_t seeds() {
  const char* wanted = std::getenv("PRISM_FUZZ_SEEDS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 100;
}

/// Gives the hart something to hit: pointers to every device, RAM, the scratchpad and HBM.
void set_registers(rv64::Hart& hart, std::uint64_t seed) {
  const CounterRandom random(seed, 0x736f6372);
  const std::uint64_t bases[] = {kRam,        kRam + kCodeBytes, 0x0010'0000, 0x0200'0000,    0x0c00'0000,
                                 0x1000'0000, 0x2000'0000,       0x2010'0000, 0x2010'1000,    0x2020'0000,
                                 0x2030'0000, 0x2040'0000,       0x4000'0000, 0x10'0000'0000, 0x2000'1000,
                                 0x0c20'0000, 0x0200'4000,       0x0};
  for (unsigned number = 1; number < 32; ++number) {
    const auto words = random.words(number);
    // The finisher ends the run: seldom.
    const std::size_t base = words[0] % std::size(bases);
    const bool spared = bases[base] == 0x0010'0000 && words[2] % 4 != 0;
    hart.set_reg(number, spared ? words[1] % 64 : bases[base] + (words[1] % 64) * 4);
  }
  hart.set_csr(0x305, kRam + random.words(40)[0] % kCodeBytes / 4 * 4);
  hart.set_csr(0x304, 0x888);
}

/// Child process: 0, or what is wrong.
int run_seed(soc::Soc& soc, std::uint64_t seed) {
  const std::vector<std::byte> code = random_code(seed, kCodeBytes);
  soc.ram.load(0, code);
  rv64::Hart& hart = soc.harts().front()->hart();
  hart.invalidate_code();
  set_registers(hart, seed);
  hart.set_pc(kRam);
  sc_core::sc_start(to_sc_time(20'000'000), sc_core::SC_EXIT_ON_STARVATION);
  if (hart.reg(0) != 0) return 2;
  if (!(soc.initiator_bytes() == soc.bus_bytes())) return 3;
  if (hart.instructions() + hart.exceptions() == 0) return 4;
  return 0;
}

TEST(Fuzz, RandomGuestsLeaveThePlatformWhole) {
  // SystemC elaborates once a process: each seed gets a copy of an elaborated one.
  const pid_t runner = fork();
  ASSERT_GE(runner, 0);
  if (runner == 0) {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(9);  // guests make many mistakes
    config::ConfigTree tree =
        config::ConfigTree::load(std::string(PRISM_CONFIGS) + "/tiny.json", {PRISM_CONFIGS});
    for (const char* setting :
         {"cpu.model=rv64", "cpu.rv64.max_instructions=3000", "memory_map.ram.bytes=1048576"}) {
      tree.set(setting);
    }
    const config::PlatformConfig config = config::parse_config(tree);
    const rv64::ElfFile no_program{};
    soc::Soc soc("soc", config,
                 {.hbm_content = nullptr,
                  .signatures = nullptr,
                  .activations = nullptr,
                  .firmware = &no_program,
                  .on_hbm_request = [](const tlm::tlm_generic_payload&) {},
                  .on_console = [](char) {}});
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
      const pid_t child = fork();
      if (child == 0) {
        alarm(60);  // a hang ends as one
        _exit(run_seed(soc, seed));
      }
      int status = 0;
      waitpid(child, &status, 0);
      if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        std::printf("seed %llu ends with status %#x\n", static_cast<unsigned long long>(seed), status);
        std::fflush(stdout);
        _exit(1);
      }
    }
    _exit(0);
  }
  int status = 0;
  waitpid(runner, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
}

}  // namespace
}  // namespace prism::test
