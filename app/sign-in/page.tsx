import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignInForm } from "#app/sign-in/_components/sign-in-form.tsx";
import { oidcConfig } from "#lib/auth/oidc-config.ts";
import { refusalText } from "#lib/auth/oidc-refusals.ts";
import { currentSession } from "#lib/auth/session.ts";
import { localPath } from "#lib/auth/session-path.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { getRuntime } from "#lib/platform/runtime.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { next, error } = await searchParams;
  const target = localPath(typeof next === "string" ? next : "/");
  if ((await currentSession()) !== null) {
    redirect(target);
  }
  const provider = oidcConfig(serverEnvOf(getRuntime()))?.name;
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm space-y-6">
        <div className="space-y-1">
          <h1 className="text-xl font-semibold">Sign in to Assay</h1>
          <p className="text-sm text-muted-foreground">
            The first start printed the address and password in its terminal.
          </p>
        </div>
        <SignInForm
          next={target}
          provider={provider}
          problem={typeof error === "string" ? refusalText(error) : undefined}
        />
        <p className="text-xs text-muted-foreground">
          Password lost? On the machine that runs Assay:{" "}
          <code className="whitespace-nowrap">npm run admin -- reset-password</code>
        </p>
      </div>
    </main>
  );
}
