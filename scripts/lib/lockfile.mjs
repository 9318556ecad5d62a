/**
 * An entry of package-lock.json's `packages`.
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, license?: string, os?: string[], cpu?: string[],
 *   libc?: string[], engines?: Record<string, string>, optionalDependencies?: Record<string, string> }} LockEntry
 */

/** Words of a platform package's name, and what they say. */
const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/**
 * The optional packages that locked packages name by exact version and that have no entry. Without a checksum (whoever
 * cannot fetch a package cannot know it), but with system and processor, so that npm asks for them only there.
 *
 * @param {Record<string, LockEntry>} packages
 * @returns {Record<string, LockEntry>} by path
 */
export function missingPlatformPackages(packages) {
  /** @type {Record<string, LockEntry>} */
  const missing = {};
  for (const parent of Object.values(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const entry = `node_modules/${name}`;
      const platform = platformOf(name);
      if (packages[entry] || !platform || !/^\d+\.\d+\.\d+/.test(version)) continue;
      missing[entry] = { version, ...platform, ...(parent.dev ? { dev: true } : {}), optional: true };
    }
  }
  return missing;
}

/**
 * @param {string} name such as `@next/swc-linux-x64-musl`
 * @returns {Pick<LockEntry, "os" | "cpu" | "libc"> | undefined} undefined: the name says nothing of a platform
 */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (cpu.length === 0) return undefined;
  const musl = words.some((word) => word.startsWith("musl"));
  const glibc = words.some((word) => word.startsWith("gnu"));
  const libc = os.includes("linux") && (musl || glibc) ? { libc: [musl ? "musl" : "glibc"] } : {};
  return { cpu, ...libc, ...(os.length > 0 ? { os } : {}) };
}
