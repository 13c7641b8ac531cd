// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace prism::workload {

namespace {

[[noreturn]] void reject(const std::string& found, const std::string& expected) {
  throw std::invalid_argument("file: found " + found + ", expected " + expected);
}

std::uint64_t element_bytes(const std::string& dtype) {
  if (dtype == "F32") return 4;
  return dtype == "BF16" || dtype == "F16" ? 2 : 0;
}

float float_from_f16(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  const float magnitude = exponent == 31  ? (mantissa != 0 ? NAN : INFINITY)
                          : exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                                          : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

template <typename Element>
Element element(std::span<const std::byte> data, std::uint64_t index) {
  Element out;
  std::memcpy(&out, &data[index * sizeof out], sizeof out);
  return out;
}

}  // namespace

Safetensors::Safetensors(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) reject("\"" + file + "\", which cannot be read", "a safetensors file");
  struct stat status {};
  const bool known = ::fstat(descriptor, &status) == 0 && status.st_size > 0;
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* const place = known ? ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
  ::close(descriptor);
  if (place == MAP_FAILED) reject("\"" + file + "\", which cannot be mapped", "a safetensors file");
  file_ = {static_cast<const std::byte*>(place), bytes};
  try {
    parse();
  } catch (...) {
    ::munmap(place, bytes);
    throw;
  }
}

Safetensors::~Safetensors() {
  ::munmap(const_cast<std::byte*>(file_.data()), file_.size());
}

void Safetensors::parse() {
  if (file_.size() < 8) reject(std::to_string(file_.size()) + " bytes", "a safetensors header");
  const auto header_bytes = element<std::uint64_t>(file_, 0);
  if (header_bytes > file_.size() - 8) reject("a header past the file's end", "a safetensors file");
  const auto* const text = reinterpret_cast<const char*>(file_.data()) + 8;
  const auto header = nlohmann::json::parse(text, text + header_bytes, nullptr, false);
  if (!header.is_object()) reject("a header that is no JSON object", "a safetensors file");
  const std::span<const std::byte> data = file_.subspan(8 + header_bytes);
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    try {
      Tensor tensor{
          entry.at("dtype").get<std::string>(), entry.at("shape").get<std::vector<std::uint64_t>>(), {}};
      const auto begin = entry.at("data_offsets").at(0).get<std::uint64_t>();
      const auto end = entry.at("data_offsets").at(1).get<std::uint64_t>();
      if (begin > end || end > data.size())
        reject("tensor \"" + name + "\" past the file's end", "a whole file");
      tensor.data = data.subspan(begin, end - begin);
      std::uint64_t bytes = element_bytes(tensor.dtype);
      for (const std::uint64_t size : tensor.shape) bytes *= size;
      const bool is_known = element_bytes(tensor.dtype) > 0;
      if (is_known && bytes != tensor.data.size()) {
        reject("tensor \"" + name + "\" of " + std::to_string(tensor.data.size()) + " bytes",
               std::to_string(bytes) + " by its shape");
      }
      tensors_.emplace(name, std::move(tensor));
    } catch (const nlohmann::json::exception&) {
      reject("tensor \"" + name + "\" as " + entry.dump(), "dtype, shape and data_offsets");
    }
  }
}

const Safetensors::Tensor* Safetensors::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

void Safetensors::read(const Tensor& tensor, std::uint64_t first, std::span<Bfloat16> out) {
  assert((first + out.size()) * element_bytes(tensor.dtype) <= tensor.data.size());
  if (tensor.dtype == "BF16") {
    std::memcpy(out.data(), &tensor.data[first * 2], out.size_bytes());
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = bf16_from_float(tensor.dtype == "F32"
                                 ? element<float>(tensor.data, first + i)
                                 : float_from_f16(element<std::uint16_t>(tensor.data, first + i)));
  }
}

}  // namespace prism::workload
