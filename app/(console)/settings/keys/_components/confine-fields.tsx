import { CheckField } from "#app/_ui/check-field.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";

/** What the key is confined to, folded away: most keys are not. The form gets `models` and `deployments`. */
export function ConfineFields({ models, error }: { models: readonly string[]; error: string | undefined }) {
  return (
    <details className="rounded-md border border-border px-3 py-2">
      <summary className="cursor-pointer text-sm font-medium">Only for some models or deployments</summary>
      <div className="mt-3 space-y-3">
        {models.length > 0 && (
          <fieldset>
            <legend className="text-sm font-medium">Models</legend>
            <p className="text-xs text-muted-foreground">all when none is ticked</p>
            <div className="mt-1 flex max-h-32 flex-wrap gap-x-4 gap-y-1 overflow-y-auto">
              {models.map((name) => (
                <CheckField
                  key={name}
                  id={`model-${name}`}
                  name="models"
                  value={name}
                  label={<span className="font-mono text-xs">{name}</span>}
                />
              ))}
            </div>
          </fieldset>
        )}
        <Field id="key-deployments" label="Deployments" hint="names, by comma; all when empty" error={error}>
          <Input
            id="key-deployments"
            name="deployments"
            className="font-mono"
            aria-describedby={describedBy("key-deployments")}
          />
        </Field>
      </div>
    </details>
  );
}
