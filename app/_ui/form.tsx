import type { ReactNode } from "react";
import { Button } from "#app/_ui/button.tsx";

/** What is wrong with a form as a whole; takes no room when nothing is. */
export function FormFault({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="text-sm text-danger empty:hidden">
      {children}
    </p>
  );
}

/** The end of a form in a dialog: the way back, and what will happen. */
export function FormButtons(props: { action: string; working: string; busy: boolean; onCancel(): void }) {
  return (
    <div className="flex flex-wrap justify-end gap-2 pt-2">
      <Button onClick={props.onCancel}>Cancel</Button>
      <Button type="submit" variant="primary" disabled={props.busy}>
        {props.busy ? props.working : props.action}
      </Button>
    </div>
  );
}
