/**
 * Packages with native parts, or that must exist once in a process (`lib/platform/runtime.ts`), are loaded by Node and
 * never bundled. Types are checked by `npm run types`, not again at each build.
 * @type {import("next").NextConfig}
 */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    "pg",
    "@prisma/client",
    "@prisma/adapter-pg",
    "bullmq",
    "ioredis",
    "pino",
    "prom-client",
    "onnxruntime-node",
    "@node-rs/argon2",
    "sharp",
    "fast-png",
    "protobufjs",
    "pdfkit",
    "@tensorflow/tfjs-core",
    "@tensorflow/tfjs-layers",
    "@tensorflow/tfjs-backend-wasm",
    "@tensorflow/tfjs-node",
  ],
  experimental: {
    // Written at the end of each build for the next one, which is rare: the first start should not wait for it.
    turbopackFileSystemCacheForBuild: false,
    // `forbidden()`: a page that one's role does not open answers 403.
    authInterrupts: true,
  },
  turbopack: { root: import.meta.dirname },
};
