"use server";
import { cookies } from "next/headers";
import { PROJECT_COOKIE } from "#lib/auth/ask-project.ts";
import { ProjectId } from "#lib/auth/schemas.ts";

/** Keeps the chosen project in a cookie of this browser for a year. Naming a project opens none: the server looks at each request. */
export async function rememberProject(project: string): Promise<void> {
  const look = { path: "/", maxAge: 31_536_000, sameSite: "lax", httpOnly: true } as const;
  (await cookies()).set(PROJECT_COOKIE, ProjectId.parse(project), look);
}
