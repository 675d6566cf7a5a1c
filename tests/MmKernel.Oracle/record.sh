#!/bin/bash
# Builds the recorder and records traces of this machine's kernel: COUNT traces of OPERATIONS operations for each flavour
# that MmKernel.Replay has bars for, packed as one set. Needs root, gcc and Linux 6.17 or later; the flavour swap also
# zram, on a machine without other swap.
#
# usage: record.sh OUT.tar.gz [OPERATIONS=400] [COUNT=35] [FIRST_SEED=1] [FLAVOURS="core mremap fork file lock stack"]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1 operations=${2:-400} count=${3:-35} first=${4:-1} flavours=${5:-core mremap fork file lock stack}
work=$(mktemp -d)
swap_device=
swap_on() { # the flavour swap needs a device whose reads and writes are done when they return: compressed memory
    [ -e /sys/block/zram0 ] || modprobe zram
    echo 64M > /sys/block/zram0/disksize
    mkswap -q /dev/zram0 > /dev/null
    swapon /dev/zram0
    swap_device=/dev/zram0
}
swap_off() {
    [ -z "$swap_device" ] && return
    swapoff "$swap_device"
    echo 1 > /sys/block/zram0/reset
    swap_device=
}
trap 'swap_off; rm -rf "$work"' EXIT
gcc -O2 -w -o "$work/mmtrace" "$here/recorder/mmtrace.c"
mkdir "$work/traces"
for flavour in $flavours; do
    if [ "$flavour" = swap ]; then swap_on; fi
    for seed in $(seq "$first" $((first + count - 1))); do
        "$work/mmtrace" "$flavour" "$seed" "$operations" "$work/traces/$flavour-$seed.jsonl"
    done
    swap_off
done
tar -C "$work/traces" --sort=name --owner=0 --group=0 --mtime=2020-01-01 -cf - . | gzip -9n > "$out"
