// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/gdb/target_description.h"

#include <array>

#include "models/cpu/gdb/gdb_target.h"

namespace prism::gdb {
namespace {

struct Csr {
  const char* name;
  unsigned number;
};

constexpr std::array kIntegerRegisters = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

constexpr std::array kCsrs = {Csr{"mstatus", 0x300}, Csr{"misa", 0x301},     Csr{"mie", 0x304},
                              Csr{"mtvec", 0x305},   Csr{"mscratch", 0x340}, Csr{"mepc", 0x341},
                              Csr{"mcause", 0x342},  Csr{"mtval", 0x343},    Csr{"mip", 0x344},
                              Csr{"mcycle", 0xb00},  Csr{"minstret", 0xb02}, Csr{"cycle", 0xc00},
                              Csr{"time", 0xc01},    Csr{"instret", 0xc02},  Csr{"mvendorid", 0xf11},
                              Csr{"marchid", 0xf12}, Csr{"mimpid", 0xf13},   Csr{"mhartid", 0xf14}};

std::string describe(const std::string& name, unsigned number, const std::string& type) {
  return "<reg name=\"" + name + "\" bitsize=\"64\" regnum=\"" + std::to_string(number) + "\" type=\"" +
         type + "\"/>\n";
}

std::string type_of(unsigned number) {
  const bool points_to_data = number >= 2 && number <= 4;  // sp, gp, tp
  return number == 1 ? "code_ptr" : points_to_data ? "data_ptr" : "int";
}

}  // namespace

std::string target_description() {
  std::string text =
      "<?xml version=\"1.0\"?>\n"
      "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
      "<target version=\"1.0\">\n"
      "<architecture>riscv:rv64</architecture>\n"
      "<feature name=\"org.gnu.gdb.riscv.cpu\">\n";
  for (unsigned i = 0; i < kIntegerRegisters.size(); ++i)
    text += describe(kIntegerRegisters[i], i, type_of(i));
  text += describe("pc", kPcRegister, "code_ptr");
  text += "</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n";
  for (const Csr& csr : kCsrs) text += describe(csr.name, kFirstCsrRegister + csr.number, "int");
  return text + "</feature>\n</target>\n";
}

}  // namespace prism::gdb
