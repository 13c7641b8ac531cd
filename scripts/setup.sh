#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that prism-vp is built with. Idempotent: does nothing where all are present.
set -euo pipefail

usage() {
  echo "usage: scripts/setup.sh [--lint] [--browser] [--plots] [--slurm]"
  echo "Installs missing Debian packages, as root or with sudo; otherwise says which."
  echo "  --lint     also clang-format and clang-tidy, for scripts/lint.sh"
  echo "  --browser  also Chromium, for the test of the result pages"
  echo "  --plots    also matplotlib, for scripts/plot.py"
  echo "  --slurm    also Slurm and MUNGE, for the test of scripts/slurm"
}

packages=(
  build-essential cmake ninja-build pkg-config
  libsystemc-dev libboost-dev nlohmann-json3-dev libvalijson-dev libcli11-dev
  libeigen3-dev librandom123-dev libspdlog-dev libfmt-dev libgtest-dev libgmock-dev libbenchmark-dev
  libelf-dev libmuparserx-dev libjs-chart.js
  gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc
  gdb-multiarch
  python3
)
for option in "$@"; do
  case $option in
    --lint) packages+=(clang-format-14 clang-tidy-14) ;;
    --browser) packages+=(chromium) ;;
    --plots) packages+=(python3-matplotlib) ;;
    --slurm) packages+=(slurm-wlm munge) ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  if ! dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
    missing+=("$package")
  fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

run=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: these Debian packages are missing, and neither root nor sudo is available to install them:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  run=(sudo)
fi
echo "setup: installing ${missing[*]}" >&2
"${run[@]}" apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
