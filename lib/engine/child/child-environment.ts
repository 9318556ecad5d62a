import type { EngineName } from "#lib/engine/schemas.ts";

/** Names (or prefixes, ending in `_`) that a training child may inherit: nothing with a password in it. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "LANG", "ASSAY_CACHE", "TF_", "OMP_", "MALLOC_", "LD_LIBRARY_PATH"];

/**
 * Large tensors otherwise come from fresh pages each time, and every page faults on first touch: a fifth of a step
 * (glibc's names; elsewhere they mean nothing).
 */
const KEEP_PAGES = {
  MALLOC_MMAP_THRESHOLD_: "4294967296",
  MALLOC_TRIM_THRESHOLD_: "8589934592",
  MALLOC_TOP_PAD_: "268435456",
};

/** The environment of a training child: a short list of names, never the worker's whole environment. */
export function childEnvironment(parent: NodeJS.ProcessEnv, engine: EngineName): NodeJS.ProcessEnv {
  const inherited = Object.entries(parent).filter(([name]) =>
    INHERITED.some((allowed) => (allowed.endsWith("_") ? name.startsWith(allowed) : name === allowed)),
  );
  return {
    NODE_ENV: parent.NODE_ENV,
    TF_CPP_MIN_LOG_LEVEL: "2",
    ...(engine === "native" ? KEEP_PAGES : {}),
    ...Object.fromEntries(inherited),
  };
}
