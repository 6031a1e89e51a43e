#!/usr/bin/env bash
# Builds the snapshot that servers of the fleet start from, and forgets the ones before. Weekly, and by hand:
#   HCLOUD_TOKEN=… docker/hetzner/runner/image.sh [VERSION of actions/runner; the newest when left out]
# Needs hcloud (github.com/hetznercloud/cli), curl and jq.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${HCLOUD_TOKEN:?Make one at console.hetzner.com: your project, Security, API tokens, Read & Write.}"
location=${LOCATION:-nbg1}
type=${SERVER_TYPE:-cx23}
for program in hcloud curl jq; do
  command -v "$program" >/dev/null || {
    echo "$program is not installed." >&2
    exit 1
  }
done

# The checksum is the one GitHub shows beside the file: what is installed is what was published.
release=$(curl --fail --silent --show-error "https://api.github.com/repos/actions/runner/releases/${1:+tags/v}${1:-latest}")
version=$(jq --raw-output '.tag_name | ltrimstr("v")' <<<"$release")
digest=$(jq --raw-output --arg name "actions-runner-linux-x64-$version.tar.gz" \
  '.assets[] | select(.name == $name) | .digest | ltrimstr("sha256:")' <<<"$release")
[[ $digest =~ ^[0-9a-f]{64}$ ]] || {
  echo "GitHub shows no checksum of actions/runner $version." >&2
  exit 1
}

name="aicd-image-$version-$(date --utc +%Y%m%d%H%M)"
work=$(mktemp)
trap 'rm -f "$work"; hcloud server delete "$name" >/dev/null 2>&1 || true' EXIT
sed "s/@VERSION@/$version/g; s/@SHA256@/$digest/g" "$here/image.yaml" >"$work"
echo "Building $name; this takes about ten minutes."
hcloud server create --name "$name" --type "$type" --location "$location" --image ubuntu-24.04 \
  --label aicd-image=build --user-data-from-file "$work" >/dev/null
# It switches itself off when it is done, and stays on when something failed.
for _ in $(seq 120); do
  status=$(hcloud server describe "$name" --output json | jq --raw-output .status)
  [ "$status" != off ] || break
  sleep 10
done
[ "$status" = off ] || {
  echo "$name was not done in 20 minutes. Its log: hcloud server ssh $name tail /var/log/cloud-init-output.log" >&2
  trap 'rm -f "$work"' EXIT
  exit 1
}
hcloud server create-image --type snapshot --description "$name" --label aicd-image=runner "$name" >/dev/null
echo "The image is there: $name"
# The two newest stay: servers that were made from the one before are rebuilt from it until they go.
hcloud image list --type snapshot --selector aicd-image=runner --output json |
  jq --raw-output 'sort_by(.created) | .[:-2][].id' |
  while read -r old; do hcloud image delete "$old"; done
