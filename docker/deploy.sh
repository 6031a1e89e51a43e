#!/usr/bin/env bash
# Starts, updates and rolls back AI-CD on one server, by the same steps by hand and from .github/workflows/deploy.yml.
#   deploy.sh start IMAGE     the first time: everything, then the address of the setup page
#   deploy.sh update IMAGE    backup, migration, then one process after the other; goes back by itself when one is not well
#   deploy.sh rollback        to the release before this one; migrations only ever add, so it runs on today's schema
#   deploy.sh status          what runs, and which release
#   deploy.sh compose …       Docker Compose with the release that runs: logs, exec, run, stop
# .env beside this file holds what is yours; release.env, written here, which release runs.
set -euo pipefail
cd "$(dirname "$0")"

# Workers first: a web process of the release before still understands what they leave behind.
PROCESSES=(worker-1 worker-2 web-1 web-2)
WAIT_SECONDS=${WAIT_SECONDS:-180}

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

CURRENT=""
PREVIOUS=""
# shellcheck source=/dev/null
[ -f release.env ] && . ./release.env

# compose IMAGE ARGUMENTS…
compose() {
  local image=$1
  shift
  AICD_IMAGE=$image docker compose --env-file .env --file compose.prod.yml "$@"
}

remember() { # CURRENT PREVIOUS
  printf 'CURRENT=%s\nPREVIOUS=%s\n' "$1" "$2" >release.env.new
  mv release.env.new release.env
}

# What is no name of an image goes into no file that is read as a script.
insist_on_image() {
  [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._:/@-]*$ ]] || fail "This is no name of an image such as ghcr.io/ai-cd/server@sha256:…"
}

# Puts IMAGE in place of one process after the other; stops at the first that is not well within the time.
roll() {
  local image=$1 process
  for process in "${PROCESSES[@]}"; do
    say "· $process → $image"
    if ! compose "$image" up --detach --no-deps --wait --wait-timeout "$WAIT_SECONDS" "$process"; then
      compose "$image" logs --tail 30 "$process" >&2 || true
      say "$process is not well with $image."
      return 1
    fi
  done
}

start() {
  local image=${1:?Name the image: deploy.sh start IMAGE}
  insist_on_image "$image"
  [ -z "$CURRENT" ] || fail "$CURRENT runs here already. Use: deploy.sh update $image"
  compose "$image" pull --quiet
  compose "$image" up --detach --wait --wait-timeout "$WAIT_SECONDS" postgres redis qdrant
  compose "$image" run --rm migrate || fail "The schema could not be made, so nothing was started. The lines above say why."
  if ! compose "$image" run --rm --no-deps web-1 test -f /var/lib/aicd-app/github-app.json && ! grep --quiet '^APP_ID=' .env; then
    compose "$image" up --detach caddy web-1
    say "There is no GitHub App yet. Open the address in the log of web-1 and make it:"
    until compose "$image" logs web-1 2>/dev/null | grep --only-matching 'https\?://[^" ]*?token=[^" ]*'; do sleep 1; done
    until compose "$image" exec -T web-1 test -f /var/lib/aicd-app/github-app.json; do sleep 2; done
    say "The App is made."
  fi
  compose "$image" up --detach --wait --wait-timeout "$WAIT_SECONDS" || fail "Not everything is well: deploy.sh status shows what."
  remember "$image" ""
  say "Runs: $image"
}

update() {
  local image=${1:?Name the image: deploy.sh update IMAGE}
  insist_on_image "$image"
  [ -n "$CURRENT" ] || fail "Nothing runs here yet. Use: deploy.sh start $image"
  [ "$image" != "$CURRENT" ] || fail "$image runs already."
  compose "$image" pull --quiet web-1 || fail "$image cannot be pulled; $CURRENT runs on."
  compose "$CURRENT" exec -T backup backup now || fail "There is no backup, so nothing was changed; $CURRENT runs on."
  compose "$image" run --rm migrate || fail "The migration failed and was undone, so nothing was changed; $CURRENT runs on."
  if ! roll "$image"; then
    say "Going back to $CURRENT."
    roll "$CURRENT" || fail "Going back failed too. deploy.sh status shows what runs; see runbooks/deploy.md."
    fail "$image was not well, and $CURRENT runs again."
  fi
  # What is ours beside the server: proxy, dashboards, backups.
  compose "$image" up --detach --wait --wait-timeout "$WAIT_SECONDS"
  remember "$image" "$CURRENT"
  say "Runs: $image (before: $CURRENT)"
}

rollback() {
  [ -n "$PREVIOUS" ] || fail "No release before ${CURRENT:-this one} is known here."
  local from=$CURRENT
  roll "$PREVIOUS" || fail "$PREVIOUS is not well either. deploy.sh status shows what runs; see runbooks/deploy.md."
  remember "$PREVIOUS" "$from"
  say "Runs: $PREVIOUS (before: $from)"
}

status() {
  say "release: ${CURRENT:-none}, before: ${PREVIOUS:-none}"
  compose "${CURRENT:-none}" ps --all
}

[ -f .env ] || fail "There is no docker/.env. Copy docker/env.example to it and fill it in."
case ${1:-} in
  compose)
    shift
    [ -n "$CURRENT" ] || fail "Nothing runs here yet. Use: deploy.sh start IMAGE"
    compose "$CURRENT" "$@"
    ;;
  start | update | rollback | status)
    # Two at once would undo each other.
    exec 9>.deploy.lock
    flock --nonblock 9 || fail "Another deploy.sh is at work here."
    "$@"
    ;;
  *) fail "Use: deploy.sh start IMAGE | update IMAGE | rollback | status | compose …" ;;
esac
