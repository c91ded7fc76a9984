#!/usr/bin/env bash
# What the tests of this folder start from: prepare.sh FOLDER PACKAGE.deb ...
# Installs the tools, and makes FOLDER/clean: a bare Debian 12 with systemd, and in its /srv/debian, as a
# repository of its own, what the packages depend on and recommend: the machines have no network.
set -euo pipefail
folder="$1"
shift
tools=(apt-utils faketime gpg gpg-agent lintian mmdebstrap systemd-container util-linux)

if ! dpkg-query -W -f='${db:Status-Status}\n' "${tools[@]}" 2>/dev/null | awk '$1 != "installed" { exit 1 } END { exit NR < '${#tools[@]}' }'; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -qy --no-install-recommends "${tools[@]}"
fi

# Made again when this script or what the packages depend on has changed.
made_from="$({ cat "$0"; for package in "$@"; do dpkg-deb -f "$package" Depends Recommends; done; } | sha256sum)"
[ "$(cat "$folder/made-from" 2>/dev/null)" != "$made_from" ] || exit 0
rm -rf "$folder/clean" "$folder/made-from"
mkdir -p "$folder"
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates,nftables bookworm "$folder/clean.tar"
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
