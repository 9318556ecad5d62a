import type { ReactNode } from "react";
import { requirePageScope } from "#app/_live/require-scope.ts";

export default async function AuditLayout({ children }: { children: ReactNode }) {
  await requirePageScope("audit:read");
  return children;
}
