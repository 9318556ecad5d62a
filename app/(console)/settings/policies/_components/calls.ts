"use client";
import { z } from "zod";
import { call } from "#app/_live/api.ts";
import { EligibleSet, type PolicyInput } from "#lib/approvals/schemas.ts";

const any = z.unknown();

/** Who could approve under a policy that is not saved yet. */
export const checkPolicy = (input: PolicyInput, signal: AbortSignal) =>
  call("POST", "/api/policies/check", { body: input, reply: EligibleSet, signal });

/** `expectedVersion` of the policy that was edited, 0 for none: another one since then is refused. */
export const savePolicy = (input: PolicyInput & { expectedVersion: number }) =>
  call("POST", "/api/policies", { body: input, reply: any });

export const removePolicy = (id: string) => call("DELETE", `/api/policies/${encodeURIComponent(id)}`, { reply: any });
