#!/usr/bin/env bash
# Backups of Postgres that only the holder of the private key can open.
#   backup daily          one at once, then one each night at 02:30 UTC, for ever
#   backup now            one
#   backup check          fails when the newest is older than 26 hours
#   backup list           what is there
#   backup open FILE      writes the dump to stdout, for pg_restore; the private key in the file BACKUP_IDENTITY
# BACKUP_RECIPIENT       age's public key; the private one is kept elsewhere
# BACKUP_REMOTE          where copies go, as rclone names it: `box:aicd`, set up by RCLONE_CONFIG_BOX_…; or nowhere
# BACKUP_DIRECTORY       /backups
# BACKUP_KEEP_DAYS       35
set -euo pipefail
umask 077
directory=${BACKUP_DIRECTORY:-/backups}
keep=${BACKUP_KEEP_DAYS:-35}

say() { printf '%s %s\n' "$(date --utc +%FT%TZ)" "$*"; }

newest() { find "$directory" -name 'aicd-*.dump.age' -printf '%f\n' | sort | tail -n 1; }

now() {
  : "${BACKUP_RECIPIENT:?Make a pair of keys with age-keygen, keep the private one elsewhere, and name the public one.}"
  local name file
  name="aicd-$(date --utc +%Y%m%dT%H%M%SZ).dump.age"
  file="$directory/$name"
  # Written aside: what has its name is whole.
  pg_dump --format=custom --compress=zstd:6 --no-owner | age --recipient "$BACKUP_RECIPIENT" --output "$file.part"
  mv "$file.part" "$file"
  say "wrote $name ($(stat --format=%s "$file") bytes)"
  if [ -n "${BACKUP_REMOTE:-}" ]; then
    rclone copyto --retries 5 "$file" "$BACKUP_REMOTE/$name"
    say "copied $name to $BACKUP_REMOTE"
  fi
  # Older ones go only after a new one is there.
  find "$directory" -name 'aicd-*.dump.age' -mtime "+$keep" -delete
  find "$directory" -name 'aicd-*.part' -mmin +1440 -delete
  if [ -n "${BACKUP_REMOTE:-}" ]; then rclone delete --min-age "${keep}d" --include 'aicd-*.dump.age' "$BACKUP_REMOTE"; fi
}

daily() {
  trap 'exit 0' TERM INT
  while true; do
    now || say "The backup failed; it is tried again in ten minutes."
    local wait=600
    if [ -n "$(newest)" ] && check >/dev/null; then
      wait=$(($(date --utc --date 'tomorrow 02:30' +%s) - $(date +%s)))
    fi
    sleep "$wait" &
    wait $!
  done
}

check() {
  local found
  found=$(find "$directory" -name 'aicd-*.dump.age' -mmin -1560 | head -n 1)
  if [ -z "$found" ]; then
    say "There is no backup of the last 26 hours. See the log of this container, and docker/runbooks/backups.md."
    return 1
  fi
  say "The newest is $(newest)."
}

case ${1:-} in
  now | daily | check) "$1" ;;
  list) find "$directory" -name 'aicd-*.dump.age' -printf '%f\t%s\n' | sort ;;
  open) age --decrypt --identity "${BACKUP_IDENTITY:?The file with the private key}" "${2:?Which file?}" ;;
  *)
    echo "Use: backup daily | now | check | list | open FILE" >&2
    exit 2
    ;;
esac
