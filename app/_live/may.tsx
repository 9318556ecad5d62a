"use client";
import { createContext, type ReactNode, useContext } from "react";
import { hasScope, type Scope } from "#lib/auth/scopes.ts";

const Scopes = createContext<readonly string[]>([]);

/** What the signed-in person may do in the page's project. */
export function MayProvider({ scopes, children }: { scopes: readonly string[]; children: ReactNode }) {
  return <Scopes value={scopes}>{children}</Scopes>;
}

/** Whether to offer an act. The API refuses it all the same. */
export function useMay(scope: Scope): boolean {
  return hasScope(useContext(Scopes), scope);
}

/** Shown to those who have the scope. */
export function May({ scope, children }: { scope: Scope; children: ReactNode }) {
  return useMay(scope) ? children : null;
}
