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
  kKeyLocal,
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
    : workload_(workload),
      seed_(seed),
      kernels_(kernels),
      tokens_(workload.context_tokens + workload.steps),
      spans_((tokens_ + kSpanTokens - 1) / kSpanTokens) {
  assert(workload_.model.head_dimension % kNoiseGroup == 0);
  // The first aligned place belongs to the sinks.
  std::uint32_t shortest = workload_.context_tokens;
  for (std::uint32_t i = 0; i < workload_.batch; ++i) shortest = std::min(shortest, workload_.context_of(i));
  const std::uint32_t places = shortest / kNeedleTokens;
  const auto& depths = workload_.content.needle_depths;
  const auto wanted = depths.empty() ? workload_.content.needles : static_cast<std::uint32_t>(depths.size());
  needles_ = std::min(wanted, places > 0 ? places - 1 : 0);
  for (std::uint32_t i = 0; workload_.content.rope_theta > 0 && i < workload_.model.head_dimension / 2; ++i) {
    rope_frequencies_.push_back(
        std::pow(workload_.content.rope_theta, -2.0 * i / workload_.model.head_dimension));
  }

  const CounterRandom random(seed_, kPassages);
  table_.reserve(std::size_t{workload.batch} * spans_);
  for (std::uint32_t sequence = 0; sequence < workload.batch; ++sequence) {
    for (std::uint32_t span = 0; span < spans_; ++span) {
      const CounterRandom::Words words = random.words(span, sequence);
      if (span > 0 && below(kSpansPerPassage, words[0]) != 0) {
        table_.push_back(table_.back());  // the passage goes on
      } else {
        const double gain =
            workload_.content.heavy_tailed ? -std::log(CounterRandom::uniform(words[2])) : 1.0;
        table_.push_back({below(workload_.content.topics, words[1]), static_cast<float>(gain)});
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
  if (!workload_.content.needle_depths.empty()) return needle_at(head.sequence, index);
  // Needle i lies in the i-th of equal parts of the context, so several spread over its depth.
  const std::uint64_t places = workload_.context_of(head.sequence) / kNeedleTokens - 1;
  const std::uint64_t first = index * places / needles_;
  const std::uint64_t end = (index + std::uint64_t{1}) * places / needles_;
  const std::uint32_t word = CounterRandom(seed_, kNeedlePlaces).words(index, pack(head), head.sequence)[0];
  const std::uint64_t place = 1 + first + below(static_cast<std::uint32_t>(end - first), word);
  return {static_cast<std::uint32_t>(place * kNeedleTokens), kNeedleTokens};
}

SyntheticContent::TokenRange SyntheticContent::needle_at(std::uint32_t sequence, std::uint32_t index) const {
  const auto& depths = workload_.content.needle_depths;
  const std::uint32_t last = workload_.context_of(sequence) / kNeedleTokens - 1;
  const auto place = static_cast<std::uint32_t>(std::lround(depths[index % depths.size()] * last));
  return {std::clamp(place, 1u, last) * kNeedleTokens, kNeedleTokens};
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
    add_direction(kKeySink, head, 0, workload_.content.sink_strength, offset);
    return kSinkTokens;
  }
  std::uint32_t end = (token / kSpanTokens + 1) * kSpanTokens;
  // A value's deviation along its direction is relative to an element, not to the whole vector.
  const double value_scale = std::sqrt(static_cast<double>(workload_.model.head_dimension));
  for (std::uint32_t i = 0; i < needles_; ++i) {
    const TokenRange range = needle(head, i);
    if (token >= range.first && token < range.first + range.count) {
      if (is_key) {
        add_direction(kKeyNeedle, head, i, workload_.content.needle_strength, offset);
      } else {
        add_direction(kValueNeedle, head, i, value_scale, offset);
      }
      return range.first + range.count;
    }
    if (range.first > token) end = std::min(end, range.first);
  }
  const Span& span = span_of(head.sequence, token);
  if (is_key && workload_.content.local_strength > 0) {
    const std::uint32_t band = token / workload_.content.local_tokens;
    add_direction(kKeyLocal, head, band, workload_.content.local_strength, offset);
    end = std::min(end, (band + 1) * workload_.content.local_tokens);
  }
  if (is_key) {
    add_direction(kKeyTopic, head, span.topic, workload_.content.topic_strength * span.gain, offset);
  } else {
    add_direction(kValueTopic, head, span.topic,
                  workload_.content.topic_strength * kValueTopicShare * value_scale, offset);
  }
  return end;
}

void SyntheticContent::fill(Side side, const HeadIndex& head, std::uint32_t first_token,
                            std::span<Bfloat16> out) const {
  const std::uint32_t dimension = workload_.model.head_dimension;
  const auto last = static_cast<std::uint32_t>(first_token + out.size() / dimension);
  assert(out.size() % dimension == 0 && last <= tokens_);
  const std::uint32_t calls = dimension / kNoiseGroup;
  const double noise = side == Side::kValue ? workload_.content.noise_of_values() : workload_.content.noise;
  const float scale = static_cast<float>(noise) / kNoiseDeviation;
  std::vector<float> offset(dimension);
  for (std::uint32_t token = first_token; token < last;) {
    const std::uint32_t end = std::min(last, structure(side, head, token, offset));
    kernels_.add_noise(stream(side == Side::kKey ? kKeyNoise : kValueNoise, head, token * calls, 0),
                       end - token, dimension, scale, offset.data(),
                       &out[std::size_t{token - first_token} * dimension]);
    token = end;
  }
  if (side == Side::kKey) {
    for (std::uint32_t token = first_token; token < last && !rope_frequencies_.empty(); ++token) {
      rotate(token, out.subspan(std::size_t{token - first_token} * dimension, dimension));
    }
  }
}

void SyntheticContent::rotate(std::uint32_t position, std::span<Bfloat16> vector) const {
  const std::size_t half = rope_frequencies_.size();
  for (std::size_t i = 0; i < half; ++i) {
    const double angle = position * rope_frequencies_[i];
    const double x = float_from_bf16(vector[i]);
    const double y = float_from_bf16(vector[i + half]);
    vector[i] = bf16_from_float(static_cast<float>(x * std::cos(angle) - y * std::sin(angle)));
    vector[i + half] = bf16_from_float(static_cast<float>(x * std::sin(angle) + y * std::cos(angle)));
  }
}

void SyntheticContent::keys(const HeadIndex& head, std::uint32_t first_token, std::span<Bfloat16> out) const {
  fill(Side::kKey, head, first_token, out);
}

void SyntheticContent::values(const HeadIndex& head, std::uint32_t first_token,
                              std::span<Bfloat16> out) const {
  fill(workload_.model.shared_kv() ? Side::kKey : Side::kValue, head, first_token, out);
}

void SyntheticContent::queries(const HeadIndex& head, std::uint32_t step, std::span<Bfloat16> out) const {
  const std::uint32_t dimension = workload_.model.head_dimension;
  assert(out.size() == std::size_t{workload_.model.group_size()} * dimension);
  // The score divides by sqrt(dimension), so a direction's strength times this is in nats.
  const double nats = std::sqrt(static_cast<double>(dimension));
  std::vector<float> common(dimension, 0.0f);
  if (needles_ > 0) add_direction(kKeyNeedle, head, needle_of_step(step), nats, common);
  add_direction(kKeySink, head, 0, nats, common);
  const std::uint32_t position = workload_.context_of(head.sequence) + step;
  if (workload_.content.local_strength > 0) {
    const std::uint32_t band = position / workload_.content.local_tokens;
    add_direction(kKeyLocal, head, band, nats, common);
    if (band > 0) add_direction(kKeyLocal, head, band - 1, nats, common);
  }

  // Topics are those of random places in the context, so that the query finds something to attend to.
  const CounterRandom::Words focus = CounterRandom(seed_, kFocus).words(step, pack(head), head.sequence);
  static_assert(kFocusTopics <= focus.size());
  const std::uint32_t calls = dimension / kNoiseGroup;
  const float scale = static_cast<float>(workload_.content.noise_of_queries()) / kNoiseDeviation;
  std::vector<float> offset(dimension);
  for (std::uint32_t query_head = 0; query_head < workload_.model.group_size(); ++query_head) {
    offset = common;
    for (std::uint32_t i = 0; i < kFocusTopics; ++i) {
      const std::uint32_t topic =
          span_of(head.sequence, below(workload_.context_of(head.sequence), focus[i])).topic;
      const double weight = 1.0 / (1 + (i + query_head) % kFocusTopics);
      add_direction(kKeyTopic, head, topic, nats * workload_.content.focus * weight, offset);
    }
    const std::span<Bfloat16> query = out.subspan(std::size_t{query_head} * dimension, dimension);
    kernels_.add_noise(stream(kQueryNoise, head, query_head * calls, step), 1, dimension, scale,
                       offset.data(), query.data());
    if (!rope_frequencies_.empty()) rotate(position, query);
  }
}

}  // namespace prism::workload
