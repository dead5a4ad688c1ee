#!/bin/sh
# Builds motion-kernel.wasm and tamper/tamper-kernel.wasm from the sources beside them. Needs Debian's packages clang and
# lld; nobody who only runs Tyto does.
set -eu
cd "$(dirname "$0")"
for kernel in motion-kernel tamper/tamper-kernel; do
  clang --target=wasm32 -std=c17 -O2 -msimd128 -ffreestanding -nostdlib -Wall -Wextra -Werror \
    -Wl,--no-entry -Wl,--import-memory -Wl,--strip-all -Wl,-z,stack-size=4096 -o "$kernel.wasm" "$kernel.c"
done
