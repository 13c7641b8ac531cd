#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the keys, values and queries of a Hugging Face model as a trace for workload.content.trace_file.

Needs torch, transformers and safetensors, which this project does not install. The text is read with a forward
pass; then STEPS tokens are decoded greedily, and every decoded token's queries, keys and values are recorded:

    scripts/export_kv_trace.py Qwen/Qwen2.5-7B-Instruct book.txt trace.safetensors --context 8192 --steps 4

The file holds layers.N.k and layers.N.v [KV head][context + steps][dimension] and layers.N.q [query head][steps]
[dimension], in bf16, with the rotary position encoding applied: what the attention kernel sees. docs/workload.md
describes the format.
"""

import argparse


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="name or folder of a Llama, Mistral, Qwen2 or Qwen3 model")
    parser.add_argument("text", help="file with the context")
    parser.add_argument("out", help="safetensors file to write")
    parser.add_argument("--context", type=int, default=8192, help="tokens of context")
    parser.add_argument("--steps", type=int, default=1, help="tokens to decode")
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def record_queries(queries):
    """Stands in for the model's attention function, so that the queries are seen after their rotation."""
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    inner = ALL_ATTENTION_FUNCTIONS["sdpa"]

    def attention(module, query, key, value, *rest, **options):
        if query.shape[2] == 1:
            queries.setdefault(module.layer_idx, []).append(query[0, :, 0].detach().cpu())
        return inner(module, query, key, value, *rest, **options)

    ALL_ATTENTION_FUNCTIONS.register("prism_trace", attention)


def main():
    arguments = parse_arguments()
    try:
        import torch
        from safetensors.torch import save_file
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ModuleNotFoundError as problem:
        raise SystemExit(f"export_kv_trace.py: error: found no Python package {problem.name}, expected torch, transformers and safetensors")

    queries = {}
    record_queries(queries)
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    model = AutoModelForCausalLM.from_pretrained(
        arguments.model, torch_dtype=torch.bfloat16, attn_implementation="prism_trace"
    ).to(arguments.device)
    with open(arguments.text, encoding="utf-8") as file:
        tokens = tokenizer(file.read(), return_tensors="pt").input_ids[:, : arguments.context]
    if tokens.shape[1] < arguments.context:
        raise SystemExit(f"{arguments.text}: found {tokens.shape[1]} tokens, expected {arguments.context}")

    with torch.no_grad():
        result = model(tokens.to(arguments.device), use_cache=True)
        for _ in range(arguments.steps):
            token = result.logits[:, -1:].argmax(-1)
            result = model(token, past_key_values=result.past_key_values, use_cache=True)

    tensors = {}
    for layer, recorded in queries.items():
        keys, values = result.past_key_values[layer][:2]
        tensors[f"layers.{layer}.k"] = keys[0].cpu().to(torch.bfloat16).contiguous()
        tensors[f"layers.{layer}.v"] = values[0].cpu().to(torch.bfloat16).contiguous()
        tensors[f"layers.{layer}.q"] = torch.stack(recorded, dim=1).to(torch.bfloat16).contiguous()
    save_file(tensors, arguments.out, metadata={"model": arguments.model})


if __name__ == "__main__":
    main()
