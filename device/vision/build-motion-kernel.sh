#!/bin/sh
# Builds motion-kernel.wasm from motion-kernel.c. Needs Debian's packages clang and lld; nobody who only runs Tyto does.
set -eu
cd "$(dirname "$0")"
exec clang --target=wasm32 -std=c17 -O2 -msimd128 -ffreestanding -nostdlib -Wall -Wextra -Werror \
  -Wl,--no-entry -Wl,--import-memory -Wl,--strip-all -Wl,-z,stack-size=4096 -o motion-kernel.wasm motion-kernel.c
