#!/usr/bin/env bash
# Runs every fuzz target of a build for a while: tests/fuzz/run.sh BUILD_DIR SECONDS
# A target whose program and seeds have not changed since a clean run of at least that length is
# not run again: the same program on the same seeds has had its time. What a run finds stays in
# BUILD_DIR/corpus and is read by the next one.
set -euo pipefail
build="$1"
seconds="$2"
source_dir="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "$build/fuzz-clean"

run_target() {
  local program="$1" name seeds stamp digest
  name="$(basename "$program")"
  seeds="$source_dir/corpus/${name%_fuzz}"
  stamp="$build/fuzz-clean/$name"
  digest="$(cat "$program" "$seeds"/* | sha256sum | cut -d' ' -f1)"
  if [ -e "$stamp" ] && read -r clean_digest clean_seconds <"$stamp" &&
     [ "$clean_digest" = "$digest" ] && [ "$clean_seconds" -ge "$seconds" ]; then
    echo "fuzz $name: unchanged since a clean run of $clean_seconds s"
    return
  fi
  mkdir -p "$build/corpus/$name"
  if ! "$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 \
       -artifact_prefix="$build/$name-" "$build/corpus/$name" "$seeds" >"$build/$name.log" 2>&1; then
    echo "fuzz $name: FAILED, the input is in $build/$name-*"
    tail -40 "$build/$name.log"
    return 1
  fi
  echo "fuzz $name: clean, $(grep -oE 'Done [0-9]+ runs in [0-9]+' "$build/$name.log") s"
  echo "$digest $seconds" >"$stamp"
}

status=0
pids=()
for program in "$build"/tests/fuzz/*_fuzz; do
  run_target "$program" &
  pids+=($!)
  # Two at a time: a fuzz target is one busy core.
  if [ "${#pids[@]}" -ge "$(nproc)" ]; then
    wait "${pids[0]}" || status=1
    pids=("${pids[@]:1}")
  fi
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
exit "$status"
