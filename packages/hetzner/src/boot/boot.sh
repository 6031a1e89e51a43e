#!/bin/sh
# Makes this machine the runner of one job, and switches it off. Run once, by root, when the disk is new.
# AICD_ROOT: another root than /, for tests.
set -eu
root=${AICD_ROOT:-}
config=$root/run/aicd/jitconfig
# Whatever happens below, the machine does not stay on for somebody to use.
trap 'systemctl poweroff' EXIT

# Without its rules nothing goes out and no job begins.
nft -f "$root/etc/aicd/egress.nft"

# The configuration is good for one runner; neither it nor a copy is left for the job to read.
jit=$(cat "$config")
rm -rf "$root/run/aicd" "$root/var/lib/cloud/instance" "$root"/var/lib/cloud/instances/*
proxy=$(cat "$root/etc/aicd/proxy")

home=$root/home/runner
mkdir -p "$home"
chown runner: "$home" 2>/dev/null || true
cd "$home"
# `env -i`: nothing of the boot's environment. The runner is no root and may not become it.
runuser -u runner -- env -i \
  HOME="$home" USER=runner LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  http_proxy="$proxy" https_proxy="$proxy" HTTP_PROXY="$proxy" HTTPS_PROXY="$proxy" no_proxy=localhost,127.0.0.1 \
  ACTIONS_RUNNER_INPUT_JITCONFIG="$jit" \
  "$root/opt/actions-runner/run.sh" || true
