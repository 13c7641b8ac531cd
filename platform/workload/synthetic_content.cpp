// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/synthetic_content.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace prism::workload {
namespace {

/// Domains of the random streams: one a quantity. The high half spells "WL", away from the devices' domains.
enum Stream : std::uint32_t {
  kKeyNoise = 0x574C0000u,
  kValueNoise,
  kQueryNoise,
  kKeyTopic,
  kValueTopic,
  kKeyNeedle,
  kValueNeedle,
  kKeySink,
  kPassages,
  kFocus,
  kNeedlePlaces,
};

/// A number below `bound`, from 32 random bits.
std::uint32_t below(std::uint32_t bound, std::uint32_t word) {
  return static_cast<std::uint32_t>((std::uint64_t{word} * bound) >> 32);
}

std::uint32_t pack(const HeadIndex& head) {
  return head.layer << 16 | head.head;
}

}  // namespace

SyntheticContent::SyntheticContent(const WorkloadConfig& workload, std::uint64_t seed, const Kernels& kernels)
    : model_(workload.model),
      content_(workload.content),
      seed_(seed),
      kernels_(kernels),
      context_tokens_(workload.context_tokens),
      tokens_(workload.context_tokens + workload.steps),
      spans_((tokens_ + kSpanTokens - 1) / kSpanTokens) {
  assert(model_.head_dimension % kNoiseGroup == 0);
  // The first aligned place belongs to the sinks.
  const std::uint32_t places = context_tokens_ / kNeedleTokens;
  needles_ = std::min(content_.needles, places > 0 ? places - 1 : 0);

  const CounterRandom random(seed_, kPassages);
  table_.reserve(std::size_t{workload.batch} * spans_);
  for (std::uint32_t sequence = 0; sequence < workload.batch; ++sequence) {
    for (std::uint32_t span = 0; span < spans_; ++span) {
      const CounterRandom::Words words = random.words(span, sequence);
      if (span > 0 && below(kSpansPerPassage, words[0]) != 0) {
        table_.push_back(table_.back());  // the passage goes on
      } else {
        const double gain = -std::log(CounterRandom::uniform(words[2]));
        table_.push_back({below(content_.topics, words[1]), static_cast<float>(gain)});
      }
    }
  }
}

NoiseStream SyntheticContent::stream(std::uint32_t kind, const HeadIndex& head, std::uint32_t first,
                                     std::uint32_t number) const {
  return {CounterRandom(seed_, kind).key(), first, pack(head), head.sequence, number};
}

const SyntheticContent::Span& SyntheticContent::span_of(std::uint32_t sequence, std::uint32_t token) const {
  return table_[std::size_t{sequence} * spans_ + token / kSpanTokens];
}

SyntheticContent::TokenRange SyntheticContent::needle(const HeadIndex& head, std::uint32_t index) const {
  assert(index < needles_);
  // Needle i lies in the i-th of equal parts of the context, so several spread over its depth.
  const std::uint64_t places = context_tokens_ / kNeedleTokens - 1;
  const std::uint64_t first = index * places / needles_;
  const std::uint64_t end = (index + std::uint64_t{1}) * places / needles_;
  const std::uint32_t word = CounterRandom(seed_, kNeedlePlaces).words(index, pack(head), head.sequence)[0];
  const std::uint64_t place = 1 + first + below(static_cast<std::uint32_t>(end - first), word);
  return {static_cast<std::uint32_t>(place * kNeedleTokens), kNeedleTokens};
}

void SyntheticContent::add_direction(std::uint32_t kind, const HeadIndex& head, std::uint32_t number,
                                     double scale, std::span<float> out) const {
  static constexpr std::uint32_t kPiece = 128;
  static constexpr std::array<float, kPiece> kZero{};
  std::array<Bfloat16, kPiece> direction;
  const float unit = static_cast<float>(1.0 / std::sqrt(static_cast<double>(out.size()))) / kNoiseDeviation;
  const float factor = static_cast<float>(scale);
  for (std::size_t i = 0; i < out.size(); i += kPiece) {
    const std::size_t count = std::min<std::size_t>(kPiece, out.size() - i);
    kernels_.add_noise(stream(kind, head, static_cast<std::uint32_t>(i / kNoiseGroup), number), 1, count,
                       unit, kZero.data(), direction.data());
    for (std::size_t j = 0; j < count; ++j) out[i + j] += factor * float_from_bf16(direction[j]);
  }
}

std::uint32_t SyntheticContent::structure(Side side, const HeadIndex& head, std::uint32_t token,
                                          std::span<float> offset) const {
  std::fill(offset.begin(), offset.end(), 0.0f);
  const bool is_key = side == Side::kKey;
  if (is_key && token < kSinkTokens) {
    add_direction(kKeySink, head, 0, content_.sink_strength, offset);
    return kSinkTokens;
  }
  std::uint32_t end = (token / kSpanTokens + 1) * kSpanTokens;
  // A value's deviation along its direction is relative to an element, not to the whole vector.
  const double value_scale = std::sqrt(static_cast<double>(model_.head_dimension));
  for (std::uint32_t i = 0; i < needles_; ++i) {
    const TokenRange range = needle(head, i);
    if (token >= range.first && token < range.first + range.count) {
      if (is_key) {
        add_direction(kKeyNeedle, head, i, content_.needle_strength, offset);
      } else {
        add_direction(kValueNeedle, head, i, value_scale, offset);
      }
      return range.first + range.count;
    }
    if (range.first > token) end = std::min(end, range.first);
  }
  const Span& span = span_of(head.sequence, token);
  if (is_key) {
    add_direction(kKeyTopic, head, span.topic, content_.topic_strength * span.gain, offset);
  } else {
    add_direction(kValueTopic, head, span.topic, content_.topic_strength * kValueTopicShare * value_scale,
                  offset);
  }
  return end;
}

void SyntheticContent::fill(Side side, const HeadIndex& head, std::uint32_t first_token,
                            std::span<Bfloat16> out) const {
  const std::uint32_t dimension = model_.head_dimension;
  const auto last = static_cast<std::uint32_t>(first_token + out.size() / dimension);
  assert(out.size() % dimension == 0 && last <= tokens_);
  const std::uint32_t calls = dimension / kNoiseGroup;
  const float scale = static_cast<float>(content_.noise) / kNoiseDeviation;
  std::vector<float> offset(dimension);
  for (std::uint32_t token = first_token; token < last;) {
    const std::uint32_t end = std::min(last, structure(side, head, token, offset));
    kernels_.add_noise(stream(side == Side::kKey ? kKeyNoise : kValueNoise, head, token * calls, 0),
                       end - token, dimension, scale, offset.data(),
                       &out[std::size_t{token - first_token} * dimension]);
    token = end;
  }
}

void SyntheticContent::keys(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const {
  fill(Side::kKey, head, first_token, out);
}

void SyntheticContent::values(const HeadIndex& head, std::uint32_t first_token,
                              std::span<Bfloat16> out) const {
  fill(Side::kValue, head, first_token, out);
}

void SyntheticContent::queries(const HeadIndex& head, std::uint32_t step, std::span<Bfloat16> out) const {
  const std::uint32_t dimension = model_.head_dimension;
  assert(out.size() == std::size_t{model_.group_size()} * dimension);
  // The score divides by sqrt(dimension), so a direction's strength times this is in nats.
  const double nats = std::sqrt(static_cast<double>(dimension));
  std::vector<float> common(dimension, 0.0f);
  if (needles_ > 0) add_direction(kKeyNeedle, head, needle_of_step(step), nats, common);
  add_direction(kKeySink, head, 0, nats, common);

  // Topics are those of random places in the context, so that the query finds something to attend to.
  const CounterRandom::Words focus = CounterRandom(seed_, kFocus).words(step, pack(head), head.sequence);
  static_assert(kFocusTopics <= focus.size());
  const std::uint32_t calls = dimension / kNoiseGroup;
  const float scale = static_cast<float>(content_.noise) / kNoiseDeviation;
  std::vector<float> offset(dimension);
  for (std::uint32_t query_head = 0; query_head < model_.group_size(); ++query_head) {
    offset = common;
    for (std::uint32_t i = 0; i < kFocusTopics; ++i) {
      const std::uint32_t topic = span_of(head.sequence, below(context_tokens_, focus[i])).topic;
      const double weight = 1.0 / (1 + (i + query_head) % kFocusTopics);
      add_direction(kKeyTopic, head, topic, nats * content_.focus * weight, offset);
    }
    kernels_.add_noise(stream(kQueryNoise, head, query_head * calls, step), 1, dimension, scale,
                       offset.data(), &out[std::size_t{query_head} * dimension]);
  }
}

}  // namespace prism::workload
