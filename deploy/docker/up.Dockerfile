# syntax=docker/dockerfile:1
# The command line tool, which starts any set of apps in one process.
# Built from the root of a checkout: docker build -f deploy/docker/up.Dockerfile -t agrenting-hiclaw .
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm run --silent deploy-app -- cli /app

FROM node:24-bookworm-slim
ENV NODE_ENV=production ADAPTER_CONFIG=/data/adapter.yaml
COPY --from=build --chown=root:root /app /app
# Configuration, keys and store: keep them in a volume.
RUN install -d -o node -g node -m 700 /data
USER node
WORKDIR /data
VOLUME /data
# Health and metrics of the apps, to be published on loopback at most.
EXPOSE 8790 8792
# With admin-api among the apps: its API and the console. In a container nobody outside reaches its loopback: publish 8791 on
# loopback, or to a proxy with https alone.
ENV ADAPTER_ADMIN_HOST=0.0.0.0
EXPOSE 8791
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ADAPTER_HEALTH_PORT || 8790) + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["up"]
