// SPDX-License-Identifier: Apache-2.0
// What 300 steps append: signatures against a recomputation in double precision from the keys that reached
// HBM, and the new blocks among those that later steps fetch.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/sc_time.h"
#include "models/common/transaction_info.h"
#include "models/cpu/rv64/elf_file.h"
#include "platform/config/config.h"
#include "platform/soc/job.h"
#include "platform/soc/soc.h"
#include "platform/workload/content_activations.h"
#include "platform/workload/kv_page_source.h"
#include "platform/workload/memory_layout.h"
#include "platform/workload/projection.h"
#include "platform/workload/synthetic_content.h"
#include "prism/hw/memory_map.h"

namespace prism::test {
namespace {

constexpr std::uint32_t kContext = 64;
constexpr std::uint32_t kSteps = 300;
constexpr std::uint32_t kBlockTokens = 16;

struct Case {
  std::string cpu;
  std::string dispatch;
};

/// Everything that was written to HBM, and the fetches of whole new blocks.
class Witness {
 public:
  Witness(const workload::MemoryLayout& layout, std::uint64_t base) : layout_(layout), base_(base) {}

  void observe(const tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = base_ + payload.get_address();
    const std::uint64_t bytes = payload.get_data_length();
    if (payload.is_write()) {
      for (std::uint64_t i = 0; i < bytes; ++i) written_[address + i] = payload.get_data_ptr()[i];
    } else if (transaction_info(payload).purpose == Purpose::kKvRead) {
      note_fetch(address, bytes);
    }
  }

  std::optional<Bfloat16> element(std::uint64_t address) const {
    const auto low = written_.find(address);
    const auto high = written_.find(address + 1);
    if (low == written_.end() || high == written_.end()) return std::nullopt;
    return static_cast<Bfloat16>(low->second | high->second << 8);
  }

  /// (head number, block) of new blocks whose last key was fetched: by a selection, since the tokens of an
  /// incomplete block, which are fetched too, are never all.
  const std::set<std::pair<std::uint64_t, std::uint32_t>>& fetched() const { return fetched_; }

 private:
  void note_fetch(std::uint64_t address, std::uint64_t bytes) {
    for (const std::uint64_t end = address + bytes; address < end;) {
      const auto place = layout_.locate(address);
      const std::uint64_t here = std::min(place.contiguous, end - address);
      const std::uint64_t last_key = (kBlockTokens - 1) * layout_.vector_bytes();
      if (place.region == workload::MemoryLayout::Region::kKv && place.block >= kContext / kBlockTokens &&
          place.block_offset <= last_key && last_key < place.block_offset + here) {
        fetched_.emplace(layout_.head_number(place.head), place.block);
      }
      address += here;
    }
  }

  const workload::MemoryLayout& layout_;
  std::uint64_t base_;
  std::map<std::uint64_t, std::uint8_t> written_;
  std::set<std::pair<std::uint64_t, std::uint32_t>> fetched_;
};

void compare(const workload::MemoryLayout& layout, const Witness& witness,
             const std::vector<Bfloat16>& projection) {
  const std::uint32_t dimension = layout.head_dimension();
  std::uint32_t compared = 0;
  std::uint32_t rounded_apart = 0;
  for (std::uint64_t head = 0; head < layout.heads(); ++head) {
    for (std::uint32_t block = kContext / kBlockTokens; block < (kContext + kSteps) / kBlockTokens; ++block) {
      std::vector<double> mean(dimension);
      const std::uint64_t keys =
          layout.kv_base() + head * layout.kv_head_stride() + block * layout.block_bytes();
      for (std::uint32_t i = 0; i < kBlockTokens * dimension; ++i) {
        const auto key = witness.element(keys + i * sizeof(Bfloat16));
        ASSERT_TRUE(key) << "a key of head " << head << ", block " << block << " was not appended";
        mean[i % dimension] += double{float_from_bf16(*key)} / kBlockTokens;
      }
      for (std::uint32_t row = 0; row < layout.signature_dimension(); ++row) {
        double exact = 0;
        double magnitude = 0;
        for (std::uint32_t i = 0; i < dimension; ++i) {
          const double product = double{float_from_bf16(projection[row * dimension + i])} * mean[i];
          exact += product;
          magnitude += std::abs(product);
        }
        const std::uint64_t address = layout.signature_base() + head * layout.signature_head_stride() +
                                      block * layout.signature_bytes() + row * sizeof(Bfloat16);
        const auto stored = witness.element(address);
        ASSERT_TRUE(stored) << "no signature of head " << head << ", block " << block;
        ++compared;
        if (*stored == bf16_from_float(static_cast<float>(exact))) continue;
        // The engines sum in single precision: they may round a value the other way that lies near the
        // middle.
        ++rounded_apart;
        const double ulp = std::ldexp(1.0, std::ilogb(exact) - 7);
        EXPECT_LE(std::abs(float_from_bf16(*stored) - exact), ulp / 2 + 1e-5 * magnitude)
            << "head " << head << ", block " << block << ", row " << row;
      }
    }
  }
  EXPECT_EQ(compared, layout.heads() * 18 * layout.signature_dimension());
  EXPECT_LT(rounded_apart, compared / 100);
  EXPECT_GT(witness.fetched().size(), layout.heads());
}

void simulate(const Case& test_case) {
  config::ConfigTree tree =
      config::ConfigTree::load(std::string(PRISM_CONFIGS) + "/tiny.json", {PRISM_CONFIGS});
  for (const std::string& assignment : std::vector<std::string>{
           "cpu.model=" + test_case.cpu, "policy.dispatch=" + test_case.dispatch,
           "workload.context_tokens=" + std::to_string(kContext), "workload.steps=" + std::to_string(kSteps),
           "policy.block_tokens=" + std::to_string(kBlockTokens), "policy.k=3"}) {
    tree.set(assignment);
  }
  const config::PlatformConfig config = config::parse_config(tree);
  const std::uint64_t base = config.range("hbm").base;
  const workload::MemoryLayout layout(config.workload, config.policy.block_tokens,
                                      config.policy.signature_dimension, base);
  const workload::SyntheticContent content(config.workload, config.seed);
  const std::vector<Bfloat16> projection = workload::random_projection(
      config.seed, config.policy.signature_dimension, config.workload.model.head_dimension);
  workload::KvPageSource pages(content, layout, config.workload, projection, base);
  pages.precompute_signatures(1);
  const workload::ContentActivations activations(content, config.workload);
  std::optional<rv64::ElfFile> firmware;
#ifdef PRISM_HAVE_RISCV
  if (test_case.cpu == "rv64") firmware = rv64::ElfFile::read(PRISM_DECODE_ELF);
#endif

  Witness witness(layout, base);
  soc::Soc soc("soc", config,
               {.hbm_content = &pages,
                .signatures = &pages,
                .activations = &activations,
                .exact_order = nullptr,
                .firmware = firmware ? &*firmware : nullptr,
                .on_hbm_request = [&](const tlm::tlm_generic_payload& payload) { witness.observe(payload); },
                .timeline = nullptr,
                .on_console = {}});
  const prism_job job = soc::make_job(config, layout);
  soc.ram.load(PRISM_JOB_ADDRESS - config.range("ram").base, std::as_bytes(std::span(&job, 1)));
  sc_core::sc_start(to_sc_time(ps_from_ns(1e9)), sc_core::SC_EXIT_ON_STARVATION);
  ASSERT_EQ(soc.finisher.exit_code(), 0);
  compare(layout, witness, projection);
}

class Append : public testing::TestWithParam<Case> {};

TEST_P(Append, SignaturesAreThoseOfTheKeysAndNewBlocksAreSelected) {
  const pid_t child = fork(); /* SystemC elaborates once a process */
  if (child == 0) {
    simulate(GetParam());
    std::fflush(stdout);
    _exit(HasFailure() ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "see above";
}

std::vector<Case> cases() {
  std::vector<Case> all = {{"native", "cpu_driven"}, {"native", "chained"}};
#ifdef PRISM_HAVE_RISCV
  all.push_back({"rv64", "cpu_driven"});
  all.push_back({"rv64", "chained"});
#endif
  return all;
}

INSTANTIATE_TEST_SUITE_P(Modes, Append, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.cpu + "_" + test.param.dispatch; });

}  // namespace
}  // namespace prism::test
