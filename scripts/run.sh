#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main job: set-up, build, and the context sweep (dense and prism, 4K to 64K tokens).
# usage: scripts/run.sh [--out DIR] [further options of `prism-vp sweep`]
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
"$root/scripts/build.sh" release
arguments=("$@")
if [[ ! " ${arguments[*]-} " =~ " --out" ]]; then
  arguments+=(--out "$root/out/context")
fi
exec "$root/build/release/prism-vp" sweep "$root/configs/sweeps/context.json" "${arguments[@]}"
