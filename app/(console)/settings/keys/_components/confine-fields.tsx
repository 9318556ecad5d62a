import { CheckField } from "#app/_ui/check-field.tsx";

/** What the key is confined to, folded away: most keys are not. The form gets `models` and `deployments`. */
export function ConfineFields(props: { models: readonly string[]; deployments: readonly string[] }) {
  const { models, deployments } = props;
  if (models.length === 0 && deployments.length === 0) return null;
  return (
    <details className="rounded-md border border-border px-3 py-2">
      <summary className="cursor-pointer text-sm font-medium">Only for some models or deployments</summary>
      <div className="mt-3 space-y-3">
        <Names legend="Models" name="models" names={models} />
        <Names legend="Deployments" name="deployments" names={deployments} />
      </div>
    </details>
  );
}

function Names({ legend, name, names }: { legend: string; name: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <fieldset>
      <legend className="text-sm font-medium">{legend}</legend>
      <p className="text-xs text-muted-foreground">all when none is ticked</p>
      <div className="mt-1 flex max-h-32 flex-wrap gap-x-4 gap-y-1 overflow-y-auto">
        {names.map((one) => (
          <CheckField
            key={one}
            id={`${name}-${one}`}
            name={name}
            value={one}
            label={<span className="font-mono text-xs">{one}</span>}
          />
        ))}
      </div>
    </fieldset>
  );
}
