#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: scripts/test.sh [PRESET [further options of ctest]]   (default preset: release). Set-up, build, ctest.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
[[ $# -gt 0 ]] && shift
scripts/build.sh "$preset"
exec ctest --preset "$preset" -j "$(nproc)" "$@"
