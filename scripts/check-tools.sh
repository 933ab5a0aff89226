#!/bin/sh
# Installs what the tests compile and compare with, where it is missing: Debian's compilers, the tools that our
# readers are checked against, the sandbox that builds run in, what else reads our models, and a browser.
set -eu

# A command, and the Debian package that brings it. `binscribe doctor` lists the same ones; a test compares the two.
wanted='gcc-11:gcc-11 gcc-12:gcc-12 g++-12:g++-12 clang-14:clang-14 clang-19:clang-19 make:make
cmake:cmake meson:meson ninja:ninja-build
dpkg-source:dpkg-dev xz:xz-utils strip:binutils readelf:binutils objdump:binutils
llvm-dwarfdump-19:llvm-19 bwrap:bubblewrap check-model:python3-onnx lexgrog:man-db
chromium-headless-shell:chromium-headless-shell'

missing=''
for pair in $wanted; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
[ -n "$missing" ] || exit 0

as_root=''
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "check: missing packages, and neither root nor sudo to install them. As root:" >&2
    echo "  apt-get update && apt-get install -y$missing" >&2
    exit 7
  fi
  as_root='sudo'
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "check: no apt-get here. The tests need what these packages of Debian 12 hold:$missing" >&2
  exit 7
fi

echo "check: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update
# shellcheck disable=SC2086 # one word a package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
