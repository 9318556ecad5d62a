import type { BaseEnv } from "#lib/platform/env.ts";
import { type Mailer, openMailer, publicUrlOf } from "#lib/platform/mail.ts";

/** Ways to reach people that are set up here. */
export interface NoticeChannels {
  mailer: Mailer | null;
  /** An incoming webhook. */
  slackUrl: string | null;
  /** What links begin with. */
  publicUrl: string;
  /** ASSAY_EGRESS_ALLOW. */
  egressAllow: string;
}

export function openChannels(env: BaseEnv): NoticeChannels {
  return {
    mailer: openMailer(env),
    slackUrl: env.ASSAY_SLACK_WEBHOOK_URL ?? null,
    publicUrl: publicUrlOf(env),
    egressAllow: env.ASSAY_EGRESS_ALLOW,
  };
}

/** Whether anybody can be told anything. */
export function isConfigured({ mailer, slackUrl }: NoticeChannels): boolean {
  return mailer !== null || slackUrl !== null;
}
