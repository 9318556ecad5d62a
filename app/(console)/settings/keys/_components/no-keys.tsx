import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";

export function NoKeys(props: { filtered: boolean; onClear(): void; onCreate(): void }) {
  return props.filtered ? (
    <EmptyState title="No key matches">
      <p>Keys that were revoked or are over are listed under “All keys”.</p>
      <Button onClick={props.onClear}>Show all keys</Button>
    </EmptyState>
  ) : (
    <EmptyState title="No keys yet">
      <p>A script, a notebook or a service needs a key. It is shown once and can be revoked at any time.</p>
      <Button variant="primary" onClick={props.onCreate}>
        New key
      </Button>
    </EmptyState>
  );
}
