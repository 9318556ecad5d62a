import { Button } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/copy.tsx";
import type { CreatedApiKey } from "#lib/auth/schemas.ts";

/** A key that was just made, with the lines that use it. */
export function NewKey({ made, onDone }: { made: CreatedApiKey; onDone(): void }) {
  const { key, name } = made;
  const { origin } = window.location;
  return (
    <div className="space-y-4">
      <p role="status">
        <strong>{name}</strong> is shown this once: only its hash is kept. Copy it now.
      </p>
      <CodeBlock code={key} label="key" />
      <section aria-label="Try it" className="space-y-1">
        <h3 className="text-sm font-medium">Try it</h3>
        <CodeBlock code={`curl -H "Authorization: Bearer ${key}" ${origin}/api/me`} label="curl command" />
      </section>
      <section aria-label="For the MLflow client" className="space-y-1">
        <h3 className="text-sm font-medium">For the MLflow client</h3>
        <CodeBlock code={`export MLFLOW_TRACKING_TOKEN=${key}`} label="MLflow line" />
      </section>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
