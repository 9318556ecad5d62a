import { CheckField } from "#app/_ui/check-field.tsx";
import { cn } from "#app/_ui/cn.ts";
import { SCOPE_WORDS } from "#app/(console)/settings/keys/scope-words.ts";
import type { Scope } from "#lib/auth/scopes.ts";

/** The scopes that one can give, each with what it opens. The form gets them as `scopes`. */
export function ScopeFields({ scopes, error }: { scopes: readonly Scope[]; error: string | undefined }) {
  return (
    <fieldset aria-describedby="key-scopes-note" className="space-y-1">
      <legend className="text-sm font-medium">Scopes</legend>
      <p id="key-scopes-note" className={cn("text-xs", error === undefined ? "text-muted-foreground" : "text-danger")}>
        {error ?? "Only what you may do yourself can be given."}
      </p>
      <div className="grid gap-x-4 sm:grid-cols-2">
        {scopes.map((scope) => (
          <CheckField
            key={scope}
            id={`scope-${scope}`}
            name="scopes"
            value={scope}
            label={<span className="font-mono text-xs">{scope}</span>}
            note={SCOPE_WORDS[scope]}
          />
        ))}
      </div>
    </fieldset>
  );
}
