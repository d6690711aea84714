#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds a current etcd from its Go modules, for those who want to try Souk on one; Debian's is the one that tests use.
#
#   tools/current_etcd.sh [VERSION]       # v3.6.14 if none is given; needs Go
#   SOUK_ETCD=$PWD/build/tools/etcd-v3.6.14/etcd ./dev chaos --cluster --minutes 10
#
# Prints where it is. Nothing outside build/tools is written but Go's own caches.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VERSION=${1:-v3.6.14}
readonly HOME_DIR=$PWD/build/tools/etcd-$VERSION

if [[ ! -x $HOME_DIR/etcd ]]; then
  if ! command -v go >/dev/null; then
    echo "current_etcd: there is no Go; etcd $VERSION wants a newer one than Debian 12 has: see https://go.dev/dl/" >&2
    exit 1
  fi
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # A module of our own: etcd's are not made to be installed from outside.
  (
    cd "$work"
    go mod init souk.invalid/etcd 2>/dev/null
    go get "go.etcd.io/etcd/server/v3@$VERSION" "go.etcd.io/etcd/etcdctl/v3@$VERSION" "go.etcd.io/etcd/etcdutl/v3@$VERSION"
    mkdir -p etcd
    printf 'package main\n\nimport (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)\n\nfunc main() { etcdmain.Main(os.Args) }\n' >etcd/main.go
    mkdir -p "$HOME_DIR"
    go build -mod=mod -o "$HOME_DIR/" ./etcd go.etcd.io/etcd/etcdctl/v3 go.etcd.io/etcd/etcdutl/v3
  ) >&2
fi
echo "$HOME_DIR/etcd"
