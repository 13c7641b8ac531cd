// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/rv64/program_generator.h"

#include <array>
#include <cstring>
#include <span>

#include "models/common/random.h"
#include "models/cpu/rv64/encoding.h"

namespace prism::rv64 {
namespace {

constexpr std::size_t kCodeOffset = 256;
constexpr std::size_t kBodyItems = 300;
constexpr std::uint64_t kRounds = 80;
constexpr std::uint64_t kDataCenter = 0x8010'1000;  // of the 8 KiB of data
constexpr std::uint64_t kNowhere = 0x1100'0000;     // no device here

// Registers that programs do not overwrite.
constexpr unsigned kSp = 2;       // data
constexpr unsigned kCounter = 3;  // rounds left
constexpr unsigned kBase = 8;     // data
constexpr unsigned kAtomic = 9;   // aligned data
constexpr unsigned kMisaligned = 18;
constexpr unsigned kUnmapped = 19;
constexpr unsigned kLink = 1;
constexpr unsigned kTarget = 6;

constexpr unsigned kDestinations[] = {0,  1,  5,  6,  7,  10, 11, 12, 13, 14, 15, 16, 17,
                                      20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

using Op = Operation;
constexpr Op kRegisterOps[] = {Op::kAdd,   Op::kSub,   Op::kSll,  Op::kSlt,  Op::kSltu, Op::kXor,
                               Op::kSrl,   Op::kSra,   Op::kOr,   Op::kAnd,  Op::kAddw, Op::kSubw,
                               Op::kSllw,  Op::kSrlw,  Op::kSraw, Op::kMul,  Op::kMulh, Op::kMulhsu,
                               Op::kMulhu, Op::kMulw,  Op::kDiv,  Op::kDivu, Op::kRem,  Op::kRemu,
                               Op::kDivw,  Op::kDivuw, Op::kRemw, Op::kRemuw};
constexpr Op kImmediateOps[] = {Op::kAddi, Op::kSlti, Op::kSltiu, Op::kXori, Op::kOri, Op::kAndi, Op::kAddiw};
constexpr Op kShifts[] = {Op::kSlli, Op::kSrli, Op::kSrai};
constexpr Op kWordShifts[] = {Op::kSlliw, Op::kSrliw, Op::kSraiw};
constexpr Op kLoads[] = {Op::kLb, Op::kLh, Op::kLw, Op::kLd, Op::kLbu, Op::kLhu, Op::kLwu};
constexpr Op kStores[] = {Op::kSb, Op::kSh, Op::kSw, Op::kSd};
constexpr Op kAmos[] = {Op::kAmoswapW, Op::kAmoaddW,  Op::kAmoxorW,  Op::kAmoandW,  Op::kAmoorW,
                        Op::kAmominW,  Op::kAmomaxW,  Op::kAmominuW, Op::kAmomaxuW, Op::kAmoswapD,
                        Op::kAmoaddD,  Op::kAmoxorD,  Op::kAmoandD,  Op::kAmoorD,   Op::kAmominD,
                        Op::kAmomaxD,  Op::kAmominuD, Op::kAmomaxuD};
constexpr Op kBranches[] = {Op::kBeq, Op::kBne, Op::kBlt, Op::kBge, Op::kBltu, Op::kBgeu};
// mscratch, mcause, mtval hold whatever is written on QEMU and on the model.
constexpr std::uint32_t kPlainCsrs[] = {0x340, 0x342, 0x343};
constexpr std::uint32_t kReadableCsrs[] = {0x340, 0x341, 0x342, 0x343, 0xf14};
constexpr Op kCsrOps[] = {Op::kCsrrw, Op::kCsrrs, Op::kCsrrc, Op::kCsrrwi, Op::kCsrrsi, Op::kCsrrci};

/// An instruction of a program. A jump's offset is filled in when all sizes are known.
struct Item {
  enum class Kind { kPlain, kBranch, kJump, kCompressedBranch, kCompressedJump, kIndirect };
  Kind kind = Kind::kPlain;
  std::uint32_t word = 0;
  unsigned bytes = 4;
  std::size_t distance = 0;  // items to jump over, from this one
  bool is_target = true;     // false: relies on the item before
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed, 0x72763634) {}

  void fill(std::span<std::byte> slot);

 private:
  std::uint32_t pick(std::uint32_t below) { return random_.words(counter_++)[0] % below; }
  std::uint32_t word() { return random_.words(counter_++)[0]; }
  template <class T, std::size_t count>
  T pick(const T (&choices)[count]) {
    return choices[pick(count)];
  }
  unsigned destination() { return pick(kDestinations); }
  unsigned source() { return pick(32) == 4 ? 0 : pick_source(); }
  unsigned pick_source() {
    const unsigned number = pick(32);
    return number == 4 ? 5 : number;  // tp is the harness's
  }
  unsigned low_destination() { return 10 + pick(6); }
  unsigned low_source() { return 8 + pick(8); }
  std::int32_t immediate12() { return sign_extend(word(), 12); }
  std::uint64_t value();

  void plain(std::uint32_t word) { jump(Item::Kind::kPlain, word, 4, 0); }
  void compressed(std::uint32_t word) { jump(Item::Kind::kPlain, word, 2, 0); }
  void jump(Item::Kind kind, std::uint32_t word, unsigned bytes, std::size_t distance) {
    items_.push_back({kind, word, bytes, distance});
  }
  /// The last item must not be jumped to.
  void bind() { items_.back().is_target = false; }
  void arithmetic();
  void memory_access();
  void atomic();
  void control();
  void csr();
  void trap();
  void compressed_arithmetic();
  void compressed_memory();
  std::uint32_t encode(const Item& item, std::int32_t offset) const;

  CounterRandom random_;
  std::uint32_t counter_ = 0;
  std::vector<Item> items_;
};

/// Register contents: small numbers, extremes, and anything.
std::uint64_t Generator::value() {
  const std::uint64_t any = std::uint64_t{word()} << 32 | word();
  constexpr std::uint64_t kExtremes[] = {
      0, 1, ~0ull, 1ull << 63, (1ull << 63) - 1, 0x80000000, 0x7fffffff, 0xffffffff80000000};
  switch (pick(4)) {
    case 0:
      return pick(kExtremes);
    case 1:
      return any >> 48;
    case 2:
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(any) >> 33);
    default:
      return any;
  }
}

void Generator::arithmetic() {
  const unsigned rd = destination();
  switch (pick(8)) {
    case 0:
      return plain(encode_i(pick(kImmediateOps), rd, source(), immediate12()));
    case 1:
      return plain(encode_shift(pick(kShifts), rd, source(), pick(64)));
    case 2:
      return plain(encode_shift(pick(kWordShifts), rd, source(), pick(32)));
    case 3:
      return plain(encode_u(pick(2) == 0 ? Op::kLui : Op::kAuipc, rd, word()));
    default:
      return plain(encode_r(pick(kRegisterOps), rd, source(), source()));
  }
}

unsigned access_bytes(Op operation) {
  switch (operation) {
    case Op::kLb:
    case Op::kLbu:
    case Op::kSb:
      return 1;
    case Op::kLh:
    case Op::kLhu:
    case Op::kSh:
      return 2;
    case Op::kLw:
    case Op::kLwu:
    case Op::kSw:
      return 4;
    default:
      return 8;
  }
}

void Generator::memory_access() {
  const unsigned base = pick(2) == 0 ? kSp : kBase;
  const bool is_load = pick(2) == 0;
  const Op operation = is_load ? pick(kLoads) : pick(kStores);
  const bool any_alignment = pick(8) == 0;
  const std::int32_t mask = any_alignment ? -1 : -static_cast<std::int32_t>(access_bytes(operation));
  const std::int32_t offset = immediate12() & mask;
  plain(is_load ? encode_i(operation, destination(), base, offset)
                : encode_s(operation, base, source(), offset));
}

void Generator::atomic() {
  constexpr unsigned kBases[] = {kSp, kBase, kAtomic};
  const unsigned base = pick(kBases);
  const std::uint32_t ordering = pick(4) << 25;
  const bool is_double = pick(2) == 0;
  const Op load = is_double ? Op::kLrD : Op::kLrW;
  const Op store = is_double ? Op::kScD : Op::kScW;
  switch (pick(4)) {
    case 0:
      plain(encode_r(load, destination(), base, 0) | ordering);
      if (pick(2) == 0) arithmetic();
      return plain(encode_r(store, destination(), base, source()) | ordering);
    case 1:  // without a reservation
      plain(encode_r(store, destination(), base, source()) | ordering);
      return plain(encode_r(store, destination(), base, source()));
    default:
      return plain(encode_r(pick(kAmos), destination(), base, source()) | ordering);
  }
}

void Generator::control() {
  const std::size_t distance = 1 + pick(8);
  switch (pick(7)) {
    case 0:
      return jump(Item::Kind::kJump, encode_j(Op::kJal, destination(), 0), 4, distance);
    case 1:
      return jump(Item::Kind::kCompressedJump, 0xa001, 2, distance);
    case 2:  // c.beqz, c.bnez
      return jump(Item::Kind::kCompressedBranch, 0xc001 | pick(2) << 13 | (low_source() - 8) << 7, 2,
                  distance);
    case 3: {  // auipc, then jalr, c.jr or c.jalr
      constexpr std::uint32_t kJumps[] = {0x8002 | kTarget << 7, 0x9002 | kTarget << 7};
      plain(encode_u(Op::kAuipc, kTarget, 0));
      if (pick(2) == 0) {
        jump(Item::Kind::kIndirect, encode_i(Op::kJalr, destination(), kTarget, 0), 4, distance);
        return bind();
      }
      jump(Item::Kind::kIndirect, encode_i(Op::kAddi, kTarget, kTarget, 0), 4, distance + 1);
      bind();
      compressed(pick(kJumps));
      return bind();
    }
    default:
      return jump(Item::Kind::kBranch, encode_b(pick(kBranches), source(), source(), 0), 4, distance);
  }
}

void Generator::csr() {
  switch (pick(6)) {
    case 0:
      return plain(encode_csr(Op::kCsrrs, destination(), pick(kReadableCsrs), 0));
    case 1:  // mstatus.MIE, mie.MSIE: nothing is pending
      return plain(encode_csr(pick(2) == 0 ? Op::kCsrrsi : Op::kCsrrci, 0, pick(2) == 0 ? 0x300 : 0x304, 8));
    case 2: {  // mstatus.MIE and MPIE, mie.MSIE
      const unsigned rd = low_destination();
      const bool is_mstatus = pick(2) == 0;
      plain(encode_csr(Op::kCsrrs, rd, is_mstatus ? 0x300 : 0x304, 0));
      return plain(encode_i(Op::kAndi, rd, rd, is_mstatus ? 0x88 : 8));
    }
    case 3:
      return plain(pick(4) == 0 ? match_of(Op::kFenceI) : match_of(Op::kFence) | 0x0ff00000);
    default:
      return plain(encode_csr(pick(kCsrOps), destination(), pick(kPlainCsrs), pick_source()));
  }
}

void Generator::trap() {
  constexpr std::uint32_t kIllegal[] = {0xffffffff,
                                        0x0000000b,
                                        0x0000007f,
                                        encode_csr(Op::kCsrrw, 5, 0xf14, 5),   // read-only
                                        encode_csr(Op::kCsrrs, 10, 0x5c0, 0),  // no such register
                                        0x0000201b,
                                        0x0000200f,
                                        0x0200505b,
                                        0x06000033};
  switch (pick(9)) {
    case 0:
      return plain(pick(kIllegal));
    case 1:
      return compressed(0);
    case 2:
      return pick(2) == 0 ? plain(match_of(Op::kEbreak)) : compressed(0x9002);
    case 3:
      return plain(match_of(Op::kEcall));
    case 4:
      return plain(encode_i(pick(kLoads), destination(), kUnmapped, 8 * static_cast<int>(pick(8))));
    case 5:
      return plain(encode_s(pick(kStores), kUnmapped, source(), 8 * static_cast<int>(pick(8))));
    case 6:
      return plain(encode_r(pick(kAmos), destination(), pick(2) == 0 ? kUnmapped : kMisaligned, source()));
    case 7:
      return plain(encode_r(pick(2) == 0 ? Op::kLrW : Op::kLrD, destination(),
                            pick(2) == 0 ? kUnmapped : kMisaligned, 0));
    default:  // a call into nowhere; the handler returns
      plain(encode_i(Op::kAddi, kTarget, kUnmapped, 0));
      plain(encode_i(Op::kJalr, kLink, kTarget, 2 * static_cast<int>(pick(64))));
      return bind();
  }
}

void Generator::compressed_arithmetic() {
  const std::uint32_t rd = [&] {
    unsigned number = 0;
    while (number == 0) number = destination();
    return number;
  }();
  const std::uint32_t amount = pick(64);
  const std::uint32_t field = (amount & 31) << 2 | amount >> 5 << 12;
  const std::uint32_t low_rd = (low_destination() - 8) << 7;
  const std::uint32_t low_rs = (low_source() - 8) << 2;
  const std::uint32_t nonzero = field == 0 ? 4 : field;
  switch (pick(12)) {
    case 0:
      return compressed(0x0001 | rd << 7 | field);  // c.addi
    case 1:
      return compressed(0x2001 | rd << 7 | field);  // c.addiw
    case 2:
      return compressed(0x4001 | rd << 7 | field);  // c.li
    case 3:
      return compressed(0x6001 | rd << 7 | nonzero);  // c.lui
    case 4:
      return compressed(0x8001 | low_rd | field);  // c.srli
    case 5:
      return compressed(0x8401 | low_rd | field);  // c.srai
    case 6:
      return compressed(0x8801 | low_rd | field);  // c.andi
    case 7:
      return compressed(0x8c01 | low_rd | pick(4) << 5 | low_rs);  // c.sub, c.xor, c.or, c.and
    case 8:
      return compressed(0x9c01 | low_rd | pick(2) << 5 | low_rs);  // c.subw, c.addw
    case 9:
      return compressed(0x0002 | rd << 7 | field);  // c.slli
    case 10: {
      const unsigned source_register = 1 + pick(3);
      return compressed(0x8002 | pick(2) << 12 | rd << 7 | source_register << 2);  // c.mv, c.add
    }
    default: {
      const std::uint32_t scaled = 1 + pick(255);  // c.addi4spn, in units of 4
      return compressed((low_destination() - 8) << 2 | bits(scaled, 3, 2) << 11 | bits(scaled, 7, 4) << 7 |
                        bits(scaled, 0, 0) << 6 | bits(scaled, 1, 1) << 5);
    }
  }
}

void Generator::compressed_memory() {
  const std::uint32_t any = word();
  const std::uint32_t registers = (kBase - 8) << 7 | (low_destination() - 8) << 2;
  const std::uint32_t low_fields = (any & 0x7) << 10 | (any >> 3 & 3) << 5;
  std::uint32_t rd = 0;
  while (rd == 0) rd = destination();
  const std::uint32_t source_register = pick_source();
  switch (pick(8)) {
    case 0:
      return compressed(0x4000 | registers | low_fields);  // c.lw
    case 1:
      return compressed(0x6000 | registers | low_fields);  // c.ld
    case 2:
      return compressed(0xc000 | registers | low_fields);  // c.sw
    case 3:
      return compressed(0xe000 | registers | low_fields);  // c.sd
    case 4:
      return compressed(0x4002 | rd << 7 | (any & 31) << 2 | (any >> 5 & 1) << 12);  // c.lwsp
    case 5:
      return compressed(0x6002 | rd << 7 | (any & 31) << 2 | (any >> 5 & 1) << 12);  // c.ldsp
    case 6:
      return compressed(0xc002 | source_register << 2 | (any & 63) << 7);  // c.swsp
    default:
      return compressed(0xe002 | source_register << 2 | (any & 63) << 7);  // c.sdsp
  }
}

std::uint32_t Generator::encode(const Item& item, std::int32_t offset) const {
  const auto value = static_cast<std::uint32_t>(offset);
  switch (item.kind) {
    case Item::Kind::kPlain:
      return item.word;
    case Item::Kind::kBranch:
      return item.word | encode_b(Op::kBeq, 0, 0, offset);
    case Item::Kind::kJump:
      return item.word | encode_j(Op::kJal, 0, offset);
    case Item::Kind::kIndirect:  // from the auipc before
      return item.word | static_cast<std::uint32_t>(offset + 4) << 20;
    case Item::Kind::kCompressedBranch:
      return item.word | bits(value, 8, 8) << 12 | bits(value, 4, 3) << 10 | bits(value, 7, 6) << 5 |
             bits(value, 2, 1) << 3 | bits(value, 5, 5) << 2;
    case Item::Kind::kCompressedJump:
      return item.word | bits(value, 11, 11) << 12 | bits(value, 4, 4) << 11 | bits(value, 9, 8) << 9 |
             bits(value, 10, 10) << 8 | bits(value, 6, 6) << 7 | bits(value, 7, 7) << 6 |
             bits(value, 3, 1) << 3 | bits(value, 5, 5) << 2;
  }
  return 0;
}

void Generator::fill(std::span<std::byte> slot) {
  while (items_.size() < kBodyItems) {
    const std::uint32_t choice = pick(100);
    if (choice < 34) {
      arithmetic();
    } else if (choice < 50) {
      memory_access();
    } else if (choice < 58) {
      atomic();
    } else if (choice < 68) {
      control();
    } else if (choice < 73) {
      csr();
    } else if (choice < 76) {
      trap();
    } else if (choice < 90) {
      compressed_arithmetic();
    } else {
      compressed_memory();
    }
  }
  for (int i = 0; i < 12; ++i) compressed(0x0001);  // c.nop, where jumps at the end lead

  std::array<std::uint64_t, 32> registers{};
  for (std::uint64_t& content : registers) content = value();
  registers[kSp] = kDataCenter;
  registers[kBase] = kDataCenter - 16;
  registers[kAtomic] = kDataCenter + std::uint64_t{8} * pick(64);
  registers[kMisaligned] = kDataCenter + std::uint64_t{8} * pick(64) + 1 + pick(3);
  registers[kUnmapped] = kNowhere;
  registers[kCounter] = kRounds;
  std::memcpy(slot.data(), registers.data(), sizeof registers);

  std::vector<std::int32_t> starts;
  std::int32_t end = 0;
  for (const Item& item : items_) {
    starts.push_back(end);
    end += static_cast<std::int32_t>(item.bytes);
  }
  std::byte* code = slot.data() + kCodeOffset;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    std::size_t target = items_[i].distance == 0 ? i : i + 1 + items_[i].distance;
    while (!items_[target].is_target && target != i) ++target;
    const std::uint32_t encoded = encode(items_[i], starts[target] - starts[i]);
    std::memcpy(code + starts[i], &encoded, items_[i].bytes);
  }
  const std::uint32_t tail[] = {
      encode_i(Op::kAddi, kCounter, kCounter, -1), encode_b(Op::kBeq, kCounter, 0, 8),
      encode_j(Op::kJal, 0, -(end + 8)),
      encode_j(Op::kJal, 0, static_cast<std::int32_t>(kSlotBytes - 4 - kCodeOffset) - (end + 12))};
  std::memcpy(code + end, tail, sizeof tail);
  const std::uint32_t finish = match_of(Op::kEcall);
  std::memcpy(slot.data() + kSlotBytes - 4, &finish, sizeof finish);
}

}  // namespace

std::vector<std::byte> generate_programs(std::size_t count) {
  std::vector<std::byte> image((count + 1) * kSlotBytes);
  const std::uint64_t header = count;
  std::memcpy(image.data(), &header, sizeof header);
  for (std::size_t seed = 0; seed < count; ++seed) {
    Generator(seed).fill(std::span(image).subspan((seed + 1) * kSlotBytes, kSlotBytes));
  }
  return image;
}

}  // namespace prism::rv64
