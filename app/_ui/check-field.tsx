import type { ComponentProps, ReactNode } from "react";
import { Checkbox } from "#app/_ui/input.tsx";

/** A tick box with its words at the right; `note` says what ticking it means. */
export function CheckField(
  props: ComponentProps<typeof Checkbox> & { id: string; label: ReactNode; note?: ReactNode },
) {
  const { id, label, note, ...rest } = props;
  return (
    <div className="flex items-start gap-2.5 rounded-sm px-1 py-1 hover:bg-muted">
      <Checkbox id={id} className="mt-0.5" {...rest} />
      <label htmlFor={id} className="flex-1 cursor-pointer">
        <span className="block">{label}</span>
        {note !== undefined && <span className="block text-xs text-muted-foreground">{note}</span>}
      </label>
    </div>
  );
}
