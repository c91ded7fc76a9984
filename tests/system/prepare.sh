#!/usr/bin/env bash
# Makes what the tests of this folder start from: prepare.sh FOLDER
#   gpg, key.asc  the key of a package repository
#   packages      the packages of what is committed, which know that repository
#   released      the packages that stores have: those of the release before
#   clean         a bare Debian 12 with systemd, and in its /srv/debian, as a repository of its own, what
#                 the packages depend on and recommend: the machines have no network
# Installs the tools that it takes.
set -euo pipefail
folder="$(realpath -m "$1")"
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "the tests that boot a machine need root" >&2; exit 1; }
tools=(apt-utils curl e2fsprogs faketime git gpg gpg-agent iproute2 lintian mmdebstrap mount openssl python3
  systemd-container util-linux)
# 0.1.0
released=cf1875e11892a2b0b705b0e15f680dde5ada5e7a

if ! dpkg -s "${tools[@]}" >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -qy --no-install-recommends "${tools[@]}"
fi

[ -e "$folder/key.asc" ] || python3 tests/system/repository.py "$folder"
build() {  # source, into: its packages
  # The release before does not ask for it by itself: a clone in another folder finds the same objects.
  (cd "$1" && CCACHE_BASEDIR="$(pwd)" CCACHE_NOHASHDIR=1 \
    scripts/package --archive-key "$folder/key.asc" --archive-url http://127.0.0.1:8000)
  rm -rf "$2"
  mkdir -p "$2"
  find "$1/build/package/out" -name '*.deb' ! -name '*-dbgsym_*' -exec cp -t "$2" {} +
}

# Once: what was released does not change.
if [ ! -e "$folder/released/$released" ]; then
  rm -rf "$folder/source-of-released"
  # A clone without history has to be given it.
  git cat-file -e "$released^{commit}" 2>/dev/null || git fetch --quiet --unshallow
  git clone --quiet --no-checkout . "$folder/source-of-released"
  git -C "$folder/source-of-released" checkout --quiet "$released"
  build "$folder/source-of-released" "$folder/released"
  rm -rf "$folder/source-of-released"
  touch "$folder/released/$released"
fi
build . "$folder/packages"
set -- "$folder"/packages/*.deb

# Made again when this script or what the packages depend on has changed.
made_from="$({ cat tests/system/prepare.sh; for package in "$@"; do dpkg-deb -f "$package" Depends Recommends; done; } | sha256sum)"
[ "$(cat "$folder/made-from" 2>/dev/null)" != "$made_from" ] || exit 0
rm -rf "$folder/clean" "$folder/made-from"
mkdir -p "$folder"
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$folder/clean.tar"
mkdir "$folder/clean"
tar -C "$folder/clean" -xf "$folder/clean.tar"
rm "$folder/clean.tar"

cp "$@" "$folder/clean/tmp/"
cp /etc/resolv.conf "$folder/clean/etc/resolv.conf"
chroot "$folder/clean" sh -c 'apt-get -q update && apt-get -q -y install --download-only /tmp/*.deb'
rm -rf "$folder"/clean/tmp/*.deb "$folder"/clean/var/lib/apt/lists/*
mkdir "$folder/clean/srv/debian"
mv "$folder"/clean/var/cache/apt/archives/*.deb "$folder/clean/srv/debian/"
rm -f "$folder"/clean/srv/debian/gatehouse*
(cd "$folder/clean/srv/debian" && apt-ftparchive packages . >Packages)
echo 'deb [trusted=yes] file:/srv/debian ./' >"$folder/clean/etc/apt/sources.list"
echo "$made_from" >"$folder/made-from"
