import { Button } from "#app/_ui/button.tsx";
import { Td } from "#app/_ui/table.tsx";

/** The last cell of a row: what can be done to it. `label` names the row as well; without `onClick` nothing can be done. */
export function ActionCell(props: { action: string; label: string; onClick: (() => void) | null }) {
  return (
    <Td className="w-10 px-1 text-right">
      {props.onClick !== null && (
        <Button size="sm" variant="ghost" aria-label={props.label} onClick={props.onClick}>
          {props.action}
        </Button>
      )}
    </Td>
  );
}
