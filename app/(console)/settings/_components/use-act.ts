"use client";
import { useRouter } from "next/navigation";
import { z } from "zod";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import type { useProof } from "#app/_live/use-proof.tsx";

type Prove = ReturnType<typeof useProof>["withProof"];

/**
 * Writes by the API, says how it ended, and reads the page again. Returns whether it worked. Where the API may want a proof
 * of who one is, `prove` is the `withProof` of `useProof`.
 */
export function useAct(prove: Prove = (doIt) => doIt()) {
  const router = useRouter();
  return (method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, options: { body?: unknown; done: string }) =>
    act(
      async () => {
        await prove(() => call(method, path, { body: options.body, reply: z.unknown() }));
        router.refresh();
      },
      { done: options.done },
    );
}
