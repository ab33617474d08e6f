# docker build -t shopdesk . && docker run -p 3000:3000 -v shopdesk:/data shopdesk
FROM node:20-bookworm-slim AS node

FROM rust:1-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && apt-get update -qq \
 && apt-get install -qq --yes --no-install-recommends python3 python3-venv
ENV SHOPDESK_CACHE=/cache
WORKDIR /source

# The tools and the model in a layer of their own: a change of the product does not build them again.
COPY dev rust-toolchain.toml ./
COPY scripts scripts
RUN ./dev setup build

COPY . .
RUN ./dev build \
 && mkdir -p /cache/models /cache/onnxruntime

FROM debian:12-slim
RUN apt-get update -qq \
 && apt-get install -qq --yes --no-install-recommends ca-certificates curl libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --home-dir /data shopdesk \
 && install -d -o shopdesk -g shopdesk /data
COPY --from=build /cache/models /opt/shopdesk/models
COPY --from=build /cache/onnxruntime /opt/shopdesk/onnxruntime
COPY --from=build /source/target/release/shopdesk /usr/local/bin/shopdesk
ENV SHOPDESK_ADDR=0.0.0.0:3000 \
    SHOPDESK_DATA_DIR=/data \
    EMBEDDING_MODEL_DIR=/opt/shopdesk/models/all-MiniLM-L6-v2 \
    ORT_DYLIB_PATH=/opt/shopdesk/onnxruntime/libonnxruntime.so
USER shopdesk
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:3000/healthz"]
CMD ["shopdesk", "serve"]
