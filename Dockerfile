# Loupe in a container: `docker compose up --build`. See README.md, "In a container".

ARG NODE_IMAGE=node:22-bookworm-slim
# Any image with glibc 2.28 or later and apt; for a GPU one of NVIDIA's, whose driver the host adds.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS node

FROM ${BASE_IMAGE} AS base
COPY --from=node /usr/local/bin/node /usr/local/bin/node
# Versions are the base image's: pinned ones vanish from Debian's mirrors with the next update.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libatomic1 libstdc++6 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/loupe
ENV LOUPE_CACHE=/opt/loupe-cache

FROM base AS build
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ libc6-dev \
  && rm -rf /var/lib/apt/lists/* \
  && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
# cpu or gpu: there is no GPU to be found while an image is built.
ARG TENSORFLOW=cpu
ENV LOUPE_TENSORFLOW=${TENSORFLOW}
# Packages and TensorFlow first: they change less often than the sources.
COPY .npmrc package.json package-lock.json ./
COPY client/package.json client/
COPY server/package.json server/
COPY shared/package.json shared/
COPY scripts scripts
RUN npm run setup:tensorflow
COPY . .
# Pruning would take the link to TensorFlow's binding away.
RUN npm run build \
  && mv node_modules/@tensorflow/tfjs-node-gpu/lib /tmp/lib \
  && npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/@tensorflow/tfjs-node-gpu/lib \
  && mv /tmp/lib node_modules/@tensorflow/tfjs-node-gpu/lib

FROM base AS loupe
COPY --from=build /opt/loupe-cache /opt/loupe-cache
COPY --from=build /opt/loupe /opt/loupe
RUN useradd --system --uid 10001 --home-dir /var/lib/loupe --create-home loupe
USER 10001
ENV LOUPE_HOME=/var/lib/loupe \
    LOUPE_HOST=0.0.0.0 \
    LOUPE_TENSORFLOW_REPORT=/opt/loupe-cache/tensorflow/setup.json
VOLUME /var/lib/loupe
EXPOSE 4173
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "scripts/lib/healthcheck.mjs"]
ENTRYPOINT ["node", "server/dist/cli.js"]
CMD ["serve"]
