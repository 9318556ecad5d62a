// The import directions of docs: each line imports only from lines below it, never sideways.
const ROOMS = [
  ["api"],
  ["mlflow"],
  ["automation"],
  ["rollout", "monitoring"],
  ["approvals", "record"],
  ["training", "serving"],
  ["registry"],
  ["tracking", "features"],
  ["datasets"],
  ["auth", "engine", "stats"],
  ["platform"],
];

const layered = ROOMS.flatMap((rooms, level) =>
  rooms.map((room) => {
    const allowed = ROOMS.slice(level + 1).flat();
    return {
      name: `direction-${room}`,
      comment: `lib/${room} imports only from rooms below it`,
      severity: "error",
      from: { path: `^lib/${room}/`, pathNot: "\\.test\\.ts$" },
      to: { path: "^lib/", pathNot: `^lib/(${[room, ...allowed].join("|")})/` },
    };
  }),
);

/** A library that only some places may know. */
const only = (name, library, places) => ({
  name,
  severity: "error",
  from: { path: "^(app|lib|server|workers)/", pathNot: `(${places.join("|")}|\\.test\\.tsx?$|^lib/testing/)` },
  to: { path: library },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...layered,
    { name: "no-circular", severity: "error", from: {}, to: { circular: true, dependencyTypesNot: ["type-only"] } },
    {
      name: "lib-is-below",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(app|server|workers|e2e|bench)/" },
    },
    { name: "hosts-apart-app", severity: "error", from: { path: "^app/" }, to: { path: "^(server|workers)/" } },
    { name: "hosts-apart-server", severity: "error", from: { path: "^server/" }, to: { path: "^(app|workers)/" } },
    { name: "hosts-apart-workers", severity: "error", from: { path: "^workers/" }, to: { path: "^(app|server)/" } },
    {
      name: "testing-in-tests-only",
      severity: "error",
      from: { path: "^(app|lib|server|workers)/", pathNot: "(\\.test\\.tsx?$|^lib/testing/)" },
      to: { path: "^lib/testing/" },
    },
    only("sql-in-stores", "node_modules/(@prisma/|pg/)|^lib/platform/generated/", [
      "/store\\.ts$",
      "/store/[^/]+\\.ts$",
      "^lib/platform/",
    ]),
    only("engines-in-engine", "node_modules/(@tensorflow/|onnxruntime|koffi/|sharp/|fast-png/)", ["^lib/engine/"]),
    only("next-in-hosts", "node_modules/next(-auth)?/", [
      "^app/",
      "^server/",
      "^lib/auth/session\\.ts$",
      "^lib/auth/next-auth",
    ]),
    only("hono-at-the-door", "node_modules/@?hono/", [
      "/routes\\.ts$",
      "^lib/platform/http/",
      "^lib/api/",
      "^server/",
      "/schemas\\.ts$",
    ]),
    only("queue-in-one-place", "node_modules/bullmq/", ["^lib/platform/queue", "^workers/"]),
    {
      name: "child-knows-only-engine",
      comment: "the training child and the model host have no database and no secrets",
      severity: "error",
      from: { path: "^(workers/(training-child|onnx-host)\\.ts|lib/engine/)", pathNot: "\\.test\\.ts$" },
      to: { path: "^(lib/(?!engine/)|server/|app/|workers/(?!(training-child|onnx-host)))" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^lib/platform/generated/|\\.next/|^dist/)" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".cjs"],
    },
  },
};
