// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/trace_reader.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace prism::memory_study {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) + 1 - first);
}

/// Takes the first word off `text`.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text.remove_prefix(word.size());
  return word;
}

std::string hex(std::uint64_t value) {
  char text[16];
  return "0x" + std::string(text, std::to_chars(text, text + sizeof text, value, 16).ptr);
}

}  // namespace

TraceReader::TraceReader(const std::filesystem::path& file, Picoseconds clock, std::uint64_t request_bytes,
                         std::uint64_t capacity_bytes)
    : file_(file.string()), clock_(clock), request_bytes_(request_bytes), capacity_bytes_(capacity_bytes) {
  std::error_code problem;
  file_bytes_ = std::filesystem::is_regular_file(file) ? std::filesystem::file_size(file, problem) : 0;
  if (!std::filesystem::is_directory(file)) stream_.open(file, std::ios::binary);
  if (!stream_.is_open()) throw TraceError(file_ + ": found no readable file, expected a memory trace");
}

bool TraceReader::next(Access& access) {
  while (std::getline(stream_, line_)) {
    ++line_number_;
    read_bytes_ += line_.size() + 1;
    std::string_view text = line_;
    text = trimmed(text.substr(0, text.find('#')));
    if (text.empty()) continue;
    access = parse(text);
    return true;
  }
  return false;
}

double TraceReader::done() const {
  return file_bytes_ > 0 ? std::min(1.0, static_cast<double>(read_bytes_) / static_cast<double>(file_bytes_))
                         : 0.0;
}

Access TraceReader::parse(std::string_view line) {
  cycle_ = parse_cycle(line);
  const std::string_view command = take_word(line);
  if (command != "read" && command != "write") fail(command, "read or write");
  const std::string_view word = take_word(line);
  const std::uint64_t address = parse_hex(word, "an address in hexadecimal, as 0x1a40");
  if (address >= capacity_bytes_) {
    fail(word, "an address below " + hex(capacity_bytes_) + ", the capacity of the memory");
  }
  if (const std::string_view data = take_word(line); !data.empty()) {
    constexpr const char* kExpected = "data in hexadecimal (0x...), or the end of the line";
    const bool is_hex = data.size() > 2 && data.starts_with("0x") &&
                        data.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
    if (!is_hex) fail(data, kExpected);
  }
  if (const std::string_view rest = take_word(line); !rest.empty()) fail(rest, "the end of the line");
  return {address / request_bytes_ * request_bytes_, request_bytes_, command == "write",
          static_cast<Picoseconds>(cycle_) * clock_};
}

std::uint64_t TraceReader::parse_cycle(std::string_view& line) {
  const std::size_t colon = line.find(':');
  const std::string_view word =
      colon == std::string_view::npos ? take_word(line) : trimmed(line.substr(0, colon));
  std::uint64_t cycle = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), cycle);
  const auto last = static_cast<std::uint64_t>((kNever - 1) / clock_);
  if (colon == std::string_view::npos || word.empty() || problem != std::errc() ||
      end != word.data() + word.size() || cycle > last) {
    fail(word, "a cycle and a colon, as 15: (at most " + std::to_string(last) + ")");
  }
  if (cycle < cycle_) {
    fail(word, "a cycle that is not before the last one (" + std::to_string(cycle_) + ")");
  }
  line.remove_prefix(colon + 1);
  return cycle;
}

std::uint64_t TraceReader::parse_hex(std::string_view word, const char* expected) const {
  std::uint64_t value = 0;
  if (!word.starts_with("0x")) fail(word, expected);
  const char* const end = word.data() + word.size();
  const auto [stop, problem] = std::from_chars(word.data() + 2, end, value, 16);
  if (problem != std::errc() || stop != end) fail(word, expected);
  return value;
}

void TraceReader::fail(std::string_view found, const std::string& expected) const {
  constexpr std::size_t kLongest = 40;
  const std::string what =
      found.empty() ? "the end of the line" : "\"" + std::string(found.substr(0, kLongest)) + "\"";
  throw TraceError(file_ + ":" + std::to_string(line_number_) + ": found " + what + ", expected " + expected);
}

}  // namespace prism::memory_study
