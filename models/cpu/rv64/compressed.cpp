// SPDX-License-Identifier: Apache-2.0
// The compressed instructions (unprivileged specification, chapter 16), one function a quadrant.
#include "models/cpu/rv64/encoding.h"
#include "models/cpu/rv64/instruction.h"

namespace prism::rv64 {
namespace {

constexpr std::uint32_t kIllegalWord = 0;
constexpr unsigned kSp = 2;

/// A field of `width` bits of the instruction, put at bit `to` of an immediate.
struct Piece {
  unsigned high;
  unsigned low;
  unsigned to;
};

template <std::size_t count>
std::uint32_t gather(std::uint32_t word, const Piece (&pieces)[count]) {
  std::uint32_t value = 0;
  for (const Piece& piece : pieces) value |= bits(word, piece.high, piece.low) << piece.to;
  return value;
}

std::uint32_t quadrant0(std::uint32_t word) {
  const unsigned low = 8 + bits(word, 4, 2);
  const unsigned base = 8 + bits(word, 9, 7);
  const auto word_offset = static_cast<std::int32_t>(gather(word, {{12, 10, 3}, {6, 6, 2}, {5, 5, 6}}));
  const auto double_offset = static_cast<std::int32_t>(gather(word, {{12, 10, 3}, {6, 5, 6}}));
  switch (bits(word, 15, 13)) {
    case 0: {
      const std::uint32_t amount = gather(word, {{12, 11, 4}, {10, 7, 6}, {6, 6, 2}, {5, 5, 3}});
      return amount == 0 ? kIllegalWord
                         : encode_i(Operation::kAddi, low, kSp, static_cast<std::int32_t>(amount));
    }
    case 2:
      return encode_i(Operation::kLw, low, base, word_offset);
    case 3:
      return encode_i(Operation::kLd, low, base, double_offset);
    case 6:
      return encode_s(Operation::kSw, base, low, word_offset);
    case 7:
      return encode_s(Operation::kSd, base, low, double_offset);
    default:
      return kIllegalWord;
  }
}

std::uint32_t arithmetic(std::uint32_t word, std::int32_t immediate) {
  const unsigned rd = 8 + bits(word, 9, 7);
  const unsigned rs2 = 8 + bits(word, 4, 2);
  const unsigned amount = gather(word, {{12, 12, 5}, {6, 2, 0}});
  switch (bits(word, 11, 10)) {
    case 0:
      return encode_shift(Operation::kSrli, rd, rd, amount);
    case 1:
      return encode_shift(Operation::kSrai, rd, rd, amount);
    case 2:
      return encode_i(Operation::kAndi, rd, rd, immediate);
    default:
      break;
  }
  constexpr Operation kPlain[] = {Operation::kSub, Operation::kXor, Operation::kOr, Operation::kAnd};
  constexpr Operation kWord[] = {Operation::kSubw, Operation::kAddw};
  const unsigned function = bits(word, 6, 5);
  if (bits(word, 12, 12) == 0) return encode_r(kPlain[function], rd, rd, rs2);
  return function < 2 ? encode_r(kWord[function], rd, rd, rs2) : kIllegalWord;
}

std::uint32_t quadrant1(std::uint32_t word) {
  const unsigned rd = bits(word, 11, 7);
  const std::int32_t immediate = sign_extend(gather(word, {{12, 12, 5}, {6, 2, 0}}), 6);
  switch (bits(word, 15, 13)) {
    case 0:
      return encode_i(Operation::kAddi, rd, rd, immediate);
    case 1:
      return rd == 0 ? kIllegalWord : encode_i(Operation::kAddiw, rd, rd, immediate);
    case 2:
      return encode_i(Operation::kAddi, rd, 0, immediate);
    case 3: {
      if (immediate == 0) return kIllegalWord;
      if (rd != kSp) return encode_u(Operation::kLui, rd, static_cast<std::uint32_t>(immediate) << 12);
      const std::uint32_t amount = gather(word, {{12, 12, 9}, {6, 6, 4}, {5, 5, 6}, {4, 3, 7}, {2, 2, 5}});
      return encode_i(Operation::kAddi, kSp, kSp, sign_extend(amount, 10));
    }
    case 4:
      return arithmetic(word, immediate);
    case 5: {
      const std::uint32_t offset = gather(
          word,
          {{12, 12, 11}, {11, 11, 4}, {10, 9, 8}, {8, 8, 10}, {7, 7, 6}, {6, 6, 7}, {5, 3, 1}, {2, 2, 5}});
      return encode_j(Operation::kJal, 0, sign_extend(offset, 12));
    }
    default: {
      const Operation operation = bits(word, 13, 13) == 0 ? Operation::kBeq : Operation::kBne;
      const std::uint32_t offset = gather(word, {{12, 12, 8}, {11, 10, 3}, {6, 5, 6}, {4, 3, 1}, {2, 2, 5}});
      return encode_b(operation, 8 + bits(word, 9, 7), 0, sign_extend(offset, 9));
    }
  }
}

std::uint32_t jump_move_add(std::uint32_t word) {
  const unsigned rd = bits(word, 11, 7);
  const unsigned rs2 = bits(word, 6, 2);
  const bool second = bits(word, 12, 12) != 0;
  if (rs2 != 0) return encode_r(Operation::kAdd, rd, second ? rd : 0, rs2);
  if (rd == 0) return second ? match_of(Operation::kEbreak) : kIllegalWord;
  return encode_i(Operation::kJalr, second ? 1 : 0, rd, 0);
}

std::uint32_t quadrant2(std::uint32_t word) {
  const unsigned rd = bits(word, 11, 7);
  const unsigned rs2 = bits(word, 6, 2);
  switch (bits(word, 15, 13)) {
    case 0:
      return encode_shift(Operation::kSlli, rd, rd, gather(word, {{12, 12, 5}, {6, 2, 0}}));
    case 2: {
      const std::uint32_t offset = gather(word, {{12, 12, 5}, {6, 4, 2}, {3, 2, 6}});
      return rd == 0 ? kIllegalWord : encode_i(Operation::kLw, rd, kSp, static_cast<std::int32_t>(offset));
    }
    case 3: {
      const std::uint32_t offset = gather(word, {{12, 12, 5}, {6, 5, 3}, {4, 2, 6}});
      return rd == 0 ? kIllegalWord : encode_i(Operation::kLd, rd, kSp, static_cast<std::int32_t>(offset));
    }
    case 4:
      return jump_move_add(word);
    case 6:
      return encode_s(Operation::kSw, kSp, rs2,
                      static_cast<std::int32_t>(gather(word, {{12, 9, 2}, {8, 7, 6}})));
    case 7:
      return encode_s(Operation::kSd, kSp, rs2,
                      static_cast<std::int32_t>(gather(word, {{12, 10, 3}, {9, 7, 6}})));
    default:
      return kIllegalWord;
  }
}

}  // namespace

std::uint32_t expand_compressed(std::uint16_t word) {
  switch (word & 3) {
    case 0:
      return quadrant0(word);
    case 1:
      return quadrant1(word);
    case 2:
      return quadrant2(word);
    default:
      return kIllegalWord;
  }
}

}  // namespace prism::rv64
