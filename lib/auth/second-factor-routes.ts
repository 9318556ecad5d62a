import { z } from "zod";
import { confirmSecondFactor } from "#lib/auth/confirm-second-factor.ts";
import { disableSecondFactor } from "#lib/auth/disable-second-factor.ts";
import { getSecondFactor } from "#lib/auth/get-second-factor.ts";
import { offerSecondFactor } from "#lib/auth/offer-second-factor.ts";
import { reAuthenticate } from "#lib/auth/re-authenticate.ts";
import { resetSecondFactor } from "#lib/auth/reset-second-factor.ts";
import {
  ConfirmSecondFactorInput,
  DisableSecondFactorInput,
  ReAuthenticateInput,
  RecoveryCodes,
  SecondFactorOffer,
  SecondFactorStatus,
  SessionProof,
} from "#lib/auth/second-factor-schemas.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

const tag = "Access";
const UserParams = z.strictObject({ id: z.string().min(1).max(100) });

/** The second factor, and proving again who one is. */
export const secondFactorRoutes: Route[] = [
  route({
    method: "post",
    path: "/api/session/re-authenticate",
    summary: "Prove again, in this session, who you are",
    tag,
    auth: "signed-in",
    body: ReAuthenticateInput,
    response: SessionProof,
    handle: ({ ctx, body }) => reAuthenticate(ctx, body),
  }),
  route({
    method: "get",
    path: "/api/second-factor",
    summary: "Your second factor",
    tag,
    auth: "signed-in",
    response: SecondFactorStatus,
    handle: ({ ctx }) => getSecondFactor(ctx),
  }),
  route({
    method: "post",
    path: "/api/second-factor",
    summary: "Begin to set up a second factor",
    description: "Needs a proof of who you are from the last 15 minutes. It counts once a code was confirmed.",
    tag,
    auth: "signed-in",
    response: SecondFactorOffer,
    status: 201,
    handle: ({ ctx }) => offerSecondFactor(ctx),
  }),
  route({
    method: "post",
    path: "/api/second-factor/confirm",
    summary: "Confirm the second factor with a code",
    tag,
    auth: "signed-in",
    body: ConfirmSecondFactorInput,
    response: RecoveryCodes,
    handle: ({ ctx, body }) => confirmSecondFactor(ctx, body),
  }),
  route({
    method: "post",
    path: "/api/second-factor/disable",
    summary: "Take your second factor away, with a code and the password",
    tag,
    auth: "signed-in",
    body: DisableSecondFactorInput,
    status: 204,
    handle: ({ ctx, body }) => disableSecondFactor(ctx, body),
  }),
  route({
    method: "delete",
    path: "/api/users/{id}/second-factor",
    summary: "Take a person's second factor away who lost it",
    description: "Their sessions end. A person needs a proof of who they are from the last 15 minutes; a key does not.",
    tag,
    auth: "instance",
    params: UserParams,
    status: 204,
    handle: ({ ctx, params }) => resetSecondFactor(ctx, { userId: params.id }),
  }),
];
