// SPDX-License-Identifier: Apache-2.0
// Files of a model that a configuration names: a Hugging Face config.json, a trace.
#pragma once

#include <string>

#include "platform/config/config_tree.h"

namespace prism::config {

/// The file named by the string at `pointer`, looked up beside the file that names it, then in the working
/// directory; empty when there is no name. Throws ConfigError when there is no such file.
std::string file_beside(const ConfigTree& tree, const std::string& pointer);

/// The tree with workload.model as the config.json named by workload.model_file has it; as it was without
/// such a name. Reads the grouped-query models (Llama, Mistral, Qwen2, Qwen3) and DeepSeek-V3. Throws
/// ConfigError.
ConfigTree with_model_file(const ConfigTree& tree);

}  // namespace prism::config
