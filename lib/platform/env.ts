import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";

const flag = z.enum(["0", "1", "true", "false"]).transform((value) => value === "1" || value === "true");
const folder = z
  .string()
  .min(1)
  .transform((path) => resolve(path));

function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/** What every Assay process reads. Names, meanings and defaults are listed in `.env.example`. */
export const BaseEnv = z.object({
  NODE_ENV: z.enum(["production", "development", "test"]).default("development"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql:// URL" }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must be a redis:// URL" }).optional(),
  ASSAY_HOME: folder.prefault(".assay"),
  ASSAY_CACHE: folder.prefault(join(homedir(), ".cache", "assay")),
  ASSAY_DATA_DIR: folder.optional(),
  ASSAY_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
  ASSAY_DB_POOL: z.coerce.number().int().min(2).max(200).default(10),
  ASSAY_QUEUE_PREFIX: z.string().min(1).default("assay"),
  /** Signs the heads of the audit chains; made in ASSAY_HOME/secrets when absent. */
  ASSAY_AUDIT_KEY: z.string().min(1).optional(),
  /** The file that signed heads are appended to, best on another disk or host than the database's. */
  ASSAY_AUDIT_ANCHOR: folder.optional(),
  ASSAY_AUDIT_RETENTION_MONTHS: z.coerce.number().int().min(6, "the least is 6").max(1_200).default(24),
  /** What the log of predictions keeps of inputs: all of it, a digest only, or nothing. */
  ASSAY_PREDICTION_INPUTS: z.enum(["kept", "masked", "off"]).default("kept"),
  /** Days (UTC) that predictions stay in the log, and labels with what they are about. */
  ASSAY_PREDICTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  ASSAY_LABEL_DAYS: z.coerce.number().int().min(1).max(3_650).default(400),
  /** Hosts and CIDR ranges, by comma, that configured webhooks may reach though they are private or not https. */
  ASSAY_EGRESS_ALLOW: z.string().default(""),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Where people reach Assay: what links in messages begin with, and the origin that browsers must come from. */
  ASSAY_PUBLIC_URL: z.url({ protocol: /^https?$/, error: "must be an https:// URL" }).optional(),
  /** Notices by mail: user, password and options stand in the URL. */
  ASSAY_SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// URL" }).optional(),
  ASSAY_MAIL_FROM: z.string().min(3).max(320).optional(),
  /** Notices to one Slack channel. */
  ASSAY_SLACK_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "must be an https:// URL" }).optional(),
});

export const ServerEnv = BaseEnv.extend({
  HOST: z.string().default("127.0.0.1"),
  ASSAY_ROLE: z.enum(["server", "api", "worker"]).default("server"),
  ASSAY_SECRET: z.string().min(32, "needs at least 32 characters"),
  ASSAY_ALLOWED_HOSTS: z.string().default(""),
  ASSAY_CORS_ORIGINS: z.string().default(""),
  ASSAY_PUBLIC_PREDICT: flag.prefault("true"),
  /** Requests a second from one address without credentials, and how many may come at once. */
  ASSAY_RATE_LIMIT: z.coerce.number().int().min(1).max(1_000_000).default(60),
  ASSAY_RATE_BURST: z.coerce.number().int().min(1).max(1_000_000).default(200),
  /** How many proxies stand in front and append to X-Forwarded-For; 0 believes none. */
  ASSAY_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  ASSAY_ADMIN_EMAIL: z.email().default("admin@localhost.local"),
  ASSAY_ADMIN_PASSWORD: z.string().min(12, "needs at least 12 characters").optional(),
  ASSAY_BOOTSTRAP_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{24,256}$/, "needs 24 to 256 printable characters without spaces")
    .optional(),
  ASSAY_QUICKSTART: flag.prefault("true"),
  /** An OpenID Connect provider that people may sign in through; client id and secret go with it. */
  ASSAY_OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: "must be an https:// URL" })
    .refine((url) => url.startsWith("https:") || isLoopbackUrl(url), "must be an https:// URL")
    .optional(),
  ASSAY_OIDC_CLIENT_ID: z.string().optional(),
  ASSAY_OIDC_CLIENT_SECRET: z.string().optional(),
  ASSAY_OIDC_NAME: z.string().max(60).default("single sign-on"),
  ASSAY_OIDC_SCOPES: z
    .string()
    .default("openid email profile")
    .refine((scopes) => scopes.split(" ").includes("openid"), "has to include openid"),
  ASSAY_OIDC_GROUPS_CLAIM: z.string().default("groups"),
  ASSAY_OIDC_ROLES: z.string().default(""),
  ASSAY_OIDC_ALLOW_SIGN_UP: flag.prefault("true"),
});

export const WorkerEnv = BaseEnv.extend({
  ASSAY_ENGINES: z.enum(["auto", "native", "wasm", "off"]).default("auto"),
  ASSAY_WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(1),
  ASSAY_QUICKSTART: flag.prefault("true"),
  /** Where the worker answers /metrics and /health; 0 is any free port, absent none. */
  ASSAY_WORKER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
});

export type BaseEnv = z.infer<typeof BaseEnv>;
export type ServerEnv = z.infer<typeof ServerEnv>;
export type WorkerEnv = z.infer<typeof WorkerEnv>;

/**
 * Reads the process environment once. Empty values count as absent.
 *
 * @throws Error that lists every fault at once, one a line
 */
export function parseEnv<T extends z.ZodType>(
  schema: T,
  source: Record<string, string | undefined> = process.env,
): z.infer<T> {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) {
    return parsed.data;
  }
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment is not usable:\n${faults.join("\n")}\nSee .env.example for what each means.`);
}
