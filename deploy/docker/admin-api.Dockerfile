# syntax=docker/dockerfile:1
# Built from the root of a checkout: docker build -f deploy/docker/admin-api.Dockerfile -t agrenting-admin-api .
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm run --silent deploy-app -- admin-api /app

FROM node:24-bookworm-slim
ENV NODE_ENV=production
COPY --from=build --chown=root:root /app /app
# The store, and nothing else, is written: keep it in a volume.
RUN install -d -o node -g node -m 700 /data
USER node
VOLUME /data
# In a container nobody outside reaches its loopback: publish 8791 on loopback, or to a proxy with https alone.
ENV ADAPTER_ADMIN_HOST=0.0.0.0
EXPOSE 8791
# Health and metrics, to be published on loopback at most.
EXPOSE 8790
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ADAPTER_HEALTH_PORT || 8790) + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Long enough to give leases back.
STOPSIGNAL SIGTERM
CMD ["node", "/app/dist/main.js"]
