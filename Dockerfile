# syntax=docker/dockerfile:1
# Run it:  docker run -p 8080:8080 -p 25300:25300/udp -v tuber:/data IMAGE --upstream http://SITE
ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS build
WORKDIR /tuber
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts \
  # The compiler stays as somebody's optional peer; nothing here compiles.
  && rm -rf node_modules/typescript node_modules/@typescript \
  && find dist -name '*.test.*' -delete \
  && rm -rf dist/e2e dist/testing dist/bench dist/build

FROM ${NODE}
ENV NODE_ENV=production TUBER_DATA_DIR=/data
WORKDIR /tuber
RUN mkdir /data && chown node:node /data
COPY --from=build /tuber/package.json /tuber/LICENSE ./
COPY --from=build /tuber/node_modules node_modules
COPY --from=build /tuber/dist dist
COPY --from=build /tuber/demo/site demo/site
USER node
VOLUME /data
EXPOSE 8080/tcp 25300/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["node", "dist/cli/main.js", "health"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/cli/main.js"]
