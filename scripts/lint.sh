#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/lint.sh [FILE...]   clang-format (check) and clang-tidy over our own sources (default: all).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --lint
cmake --preset release >/dev/null
if [[ $# -gt 0 ]]; then
  files=("$@")
else
  mapfile -t files < <(git ls-files '*.cpp' '*.h' '*.c')
fi
clang-format-14 --dry-run --Werror "${files[@]}"
sources=()
for file in "${files[@]}"; do
  [[ $file == *.cpp ]] && sources+=("$file")
done
[[ ${#sources[@]} -eq 0 ]] && exit 0
printf '%s\0' "${sources[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p build/release --quiet --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option
