#!/bin/sh
# Builds motion-kernel.wasm and tamper/tamper-kernel.wasm from the sources beside them. Needs Debian's packages clang and
# lld; nobody who only runs Tyto does.
set -eu
cd "$(dirname "$0")"
build() { # BINARY SOURCE...
  binary=$1
  shift
  clang --target=wasm32 -std=c17 -O2 -msimd128 -ffreestanding -nostdlib -Wall -Wextra -Werror \
    -Wl,--no-entry -Wl,--import-memory -Wl,--strip-all -Wl,-z,stack-size=4096 -o "$binary" "$@"
}
build motion-kernel.wasm motion-kernel.c exposure-kernel.c blob-kernel.c
build tamper/tamper-kernel.wasm tamper/tamper-kernel.c tamper/scene-view-kernel.c
