import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ChangePasswordForm } from "#app/change-password/_components/change-password-form.tsx";
import { MIN_PASSWORD_LENGTH } from "#lib/auth/schemas.ts";
import { currentSession } from "#lib/auth/session.ts";

export const metadata: Metadata = { title: "Change password" };

export default async function ChangePasswordPage() {
  const found = await currentSession();
  if (found === null) {
    redirect("/sign-in?next=/change-password");
  }
  const { actor, mustChangePassword } = found.session;
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm space-y-6">
        <div className="space-y-1">
          <h1 className="text-xl font-semibold">
            {mustChangePassword ? "Choose your own password" : "Change password"}
          </h1>
          <p className="text-sm text-muted-foreground">
            {mustChangePassword
              ? "The first password was made up for you. Replace it before anything else."
              : "Your other sessions end; this one stays."}
          </p>
        </div>
        <ChangePasswordForm email={actor.email} minLength={MIN_PASSWORD_LENGTH} cancellable={!mustChangePassword} />
      </div>
    </main>
  );
}
