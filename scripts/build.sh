#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/build.sh [PRESET]   (default: release). Set-up, configure and build; quiet where all is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
scripts/setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset "$preset" >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}
cmake --build --preset "$preset" >&2
