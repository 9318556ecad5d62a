"use client";
import { useRouter } from "next/navigation";
import { z } from "zod";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";

/** Writes by the API, says how it ended, and reads the page again. Returns whether it worked. */
export function useAct() {
  const router = useRouter();
  return (method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, options: { body?: unknown; done: string }) =>
    act(
      async () => {
        await call(method, path, { body: options.body, reply: z.unknown() });
        router.refresh();
      },
      { done: options.done },
    );
}
