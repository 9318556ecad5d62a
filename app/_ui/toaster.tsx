"use client";
import { Toaster as Sonner } from "sonner";

/** Where toasts appear. `theme="system"` would ignore the manual choice, so the colours come from our own tokens. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      duration={8_000}
      closeButton
      toastOptions={{
        style: {
          background: "var(--popover)",
          color: "var(--foreground)",
          borderColor: "var(--border)",
          fontFamily: "var(--font-sans)",
        },
      }}
    />
  );
}
