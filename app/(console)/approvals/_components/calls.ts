"use client";
import { z } from "zod";
import { call } from "#app/_live/api.ts";
import { type Decision, RequestDetail, type RequestInput } from "#lib/approvals/schemas.ts";

/** What the person looked at when they acted: on anything newer the API refuses. */
export interface Seen {
  round: number;
  subjectDigest: string;
}

const seenOf = ({ round, subjectDigest }: Seen) => ({ round, digestPrefix: subjectDigest.slice(0, 16) });
const at = (id: string, verb = "") => `/api/approvals/${encodeURIComponent(id)}${verb}`;
const any = z.unknown();

export const readRequest = (id: string, signal?: AbortSignal) =>
  call("GET", at(id), { reply: RequestDetail, ...(signal !== undefined && { signal }) });

export const requestApproval = (input: z.input<typeof RequestInput>) =>
  call("POST", "/api/approvals", { body: input, reply: RequestDetail });

export const sendReview = (request: Seen & { id: string }, decision: Decision, comment: string) =>
  call("POST", at(request.id, "/reviews"), { body: { decision, comment, ...seenOf(request) }, reply: any });

export const takeReviewBack = (id: string) => call("DELETE", at(id, "/reviews"), { reply: any });

export const sendComment = (id: string, body: string) =>
  call("POST", at(id, "/comments"), { body: { body }, reply: any });

export const execute = (id: string) => call("POST", at(id, "/execute"), { reply: any });

export const computeEvidence = (id: string) => call("POST", at(id, "/evidence"), { reply: any });

export const withdraw = (id: string, reason: string) =>
  call("POST", at(id, "/withdraw"), { body: { reason }, reply: any });

export const resubmit = (id: string, reason: string) =>
  call("POST", at(id, "/resubmit"), { body: { reason }, reply: any });

export const breakGlass = (request: Seen & { id: string }, reason: string) =>
  call("POST", at(request.id, "/break-glass"), { body: { reason, ...seenOf(request) }, reply: any });

export const reviewLater = (id: string, verdict: "justified" | "not_justified", comment: string) =>
  call("POST", at(id, "/later-review"), { body: { verdict, comment }, reply: any });
