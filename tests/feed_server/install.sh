#!/bin/sh
# Installs what server.js needs, exactly as package-lock.json says. Quick when it is up to date.
set -eu
cd "$(dirname "$0")"
if [ node_modules/.installed -nt package-lock.json ]; then
  exit 0
fi
# No package of these has anything to build; scripts of dependencies are not wanted here.
npm ci --ignore-scripts
touch node_modules/.installed
