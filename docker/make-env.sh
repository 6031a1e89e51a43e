#!/usr/bin/env bash
# Writes .env beside this file: every secret made here, at random. An .env that is there is left as it is.
#   make-env.sh DOMAIN [NAME=VALUE…]   e.g. make-env.sh aicd.example.com ANTHROPIC_API_KEY=…
# Prints the private key of the backups, the only time it is seen: keep it where this server is not.
set -euo pipefail
umask 077
cd "$(dirname "$0")"
domain=${1:?Name the domain: make-env.sh aicd.example.com}
shift
if [ -f .env ]; then
  echo ".env is there already; nothing was changed." >&2
  exit 0
fi
[[ $domain =~ ^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+$ ]] || {
  echo "$domain is no domain name such as aicd.example.com." >&2
  exit 2
}
docker build --quiet --tag aicd-backup backup >/dev/null
pair=$(docker run --rm --entrypoint age-keygen aicd-backup 2>/dev/null)
recipient=$(grep --only-matching 'age1[0-9a-z]*' <<<"$pair" | head -n 1)
{
  echo "AICD_DOMAIN=$domain"
  for name in POSTGRES_PASSWORD QDRANT_API_KEY METRICS_TOKEN GRAFANA_PASSWORD; do echo "$name=$(openssl rand -hex 32)"; done
  echo "ENCRYPTION_KEY=$(openssl rand -base64 32)"
  echo "BACKUP_RECIPIENT=$recipient"
  for pair_given in "$@"; do echo "$pair_given"; done
} >.env.new
mv .env.new .env
echo "$pair"
