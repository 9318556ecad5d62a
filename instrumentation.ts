/**
 * Opens the runtime for `next dev` and `next start`, where no server of ours is the host. In `server/main.ts` it is open
 * already when Next calls this.
 */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") {
    return;
  }
  const { hasRuntime, openRuntime } = await import("#lib/platform/runtime.ts");
  if (hasRuntime()) {
    return;
  }
  const [{ parseEnv, ServerEnv }, { bootstrap }] = await Promise.all([
    import("#lib/platform/env.ts"),
    import("#lib/auth/bootstrap.ts"),
  ]);
  const env = parseEnv(ServerEnv);
  await bootstrap(openRuntime(env, { name: "next" }), env);
}
