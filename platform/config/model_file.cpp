// SPDX-License-Identifier: Apache-2.0
#include "platform/config/model_file.h"

#include <filesystem>

#include "platform/config/json_reader.h"

namespace prism::config {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

class HuggingFaceConfig {
 public:
  explicit HuggingFaceConfig(std::string file) : file_(std::move(file)), document_(read_json(file_)) {
    if (!document_.is_object()) throw ConfigError(file_, "", document_.type_name(), "an object");
  }

  ordered_json model() const {
    const std::uint64_t heads = number("num_attention_heads");
    const std::uint64_t hidden = number("hidden_size");
    ordered_json out = {{"name", text("_name_or_path", text("model_type", "model"))},
                        {"source", file_},
                        {"layers", number("num_hidden_layers")},
                        {"hidden", hidden},
                        {"query_heads", heads},
                        {"kv_heads", number_or("num_key_value_heads", heads)},
                        {"head_dimension", number_or("head_dim", heads > 0 ? hidden / heads : 0)},
                        {"ffn", number("intermediate_size")},
                        {"vocabulary", number("vocab_size")},
                        // Qwen2 has the bias and no key that says so.
                        {"qkv_bias", flag("attention_bias") || text("model_type", "") == "qwen2"},
                        {"tied_embeddings", flag("tie_word_embeddings")},
                        {"weight_bytes_per_parameter", weight_bytes()}};
    if (has("kv_lora_rank")) add_latent(out);
    if (has("n_routed_experts")) add_experts(out);
    return out;
  }

 private:
  bool has(const char* key) const { return document_.contains(key) && !document_.at(key).is_null(); }

  std::uint64_t number(const char* key) const {
    if (!has(key)) throw ConfigError(file_, std::string("/") + key, "nothing", "a whole number");
    const ordered_json& value = document_.at(key);
    if (!value.is_number_unsigned()) {
      throw ConfigError(file_, std::string("/") + key, value.dump(), "a whole number");
    }
    return value.get<std::uint64_t>();
  }
  std::uint64_t number_or(const char* key, std::uint64_t other) const {
    return has(key) ? number(key) : other;
  }
  bool flag(const char* key) const { return has(key) && document_.at(key) == true; }
  std::string text(const char* key, const std::string& other) const {
    return has(key) && document_.at(key).is_string() ? document_.at(key).get<std::string>() : other;
  }

  std::uint32_t weight_bytes() const {
    if (has("quantization_config")) {
      const std::string method = document_.at("quantization_config").value("quant_method", "");
      if (method != "fp8") {
        throw ConfigError(file_, "/quantization_config/quant_method", "\"" + method + "\"",
                          "\"fp8\", or no quantisation");
      }
      return 1;
    }
    return text("torch_dtype", "bfloat16") == "float32" ? 4 : 2;
  }

  void add_latent(ordered_json& out) const {
    const std::uint64_t rank = number("kv_lora_rank");
    const std::uint64_t rope = number("qk_rope_head_dim");
    out["kv_heads"] = 1;
    out["head_dimension"] = rank + rope;
    out["mla"] = {{"query_rank", number("q_lora_rank")},
                  {"kv_rank", rank},
                  {"nope_dimension", number("qk_nope_head_dim")},
                  {"rope_dimension", rope},
                  {"value_dimension", number("v_head_dim")}};
  }

  void add_experts(ordered_json& out) const {
    const std::uint64_t layers = number("num_hidden_layers");
    const std::uint64_t dense = number_or("first_k_dense_replace", 0);
    out["moe"] = {{"layers", layers - std::min(layers, dense)},
                  {"experts", number("n_routed_experts")},
                  {"experts_per_token", number("num_experts_per_tok")},
                  {"shared_experts", number_or("n_shared_experts", 0)},
                  {"ffn", number("moe_intermediate_size")}};
  }

  std::string file_;
  ordered_json document_;
};

}  // namespace

std::string file_beside(const ConfigTree& tree, const std::string& pointer) {
  const nlohmann::json::json_pointer place(pointer);
  if (!tree.root().contains(place) || !tree.root().at(place).is_string()) return "";
  const auto name = tree.root().at(place).get<std::string>();
  for (const fs::path& folder : {fs::path(tree.origin(pointer)).parent_path(), fs::path(".")}) {
    if (fs::is_regular_file(folder / name)) return (folder / name).lexically_normal().string();
  }
  throw tree.error(pointer, "\"" + name + "\", which is no file", "a file beside the configuration");
}

ConfigTree with_model_file(const ConfigTree& tree) {
  const std::string file = file_beside(tree, "/workload/model_file");
  if (file.empty()) return tree;
  ConfigTree out = tree;
  out.set("workload.model", HuggingFaceConfig(file).model(), file);
  return out;
}

}  // namespace prism::config
