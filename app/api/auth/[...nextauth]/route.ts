import NextAuth from "next-auth";
import { nextAuthOptions } from "#lib/auth/next-auth-options.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth's own paths: its options depend on the environment that the process was started with. */
function handle(request: Request, context: Context): Promise<Response> {
  return NextAuth(nextAuthOptions(request.headers))(request, context);
}

/** next-auth fails on a body that is not a form, and on a sign-in by GET. */
async function post(request: Request, context: Context): Promise<Response> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return new Response("Send a form.\n", { status: 415 });
  return handle(request, context);
}

async function get(request: Request, context: Context): Promise<Response> {
  const { nextauth } = await context.params;
  if (nextauth.join("/") === "callback/credentials") {
    return new Response("Sign in by POST.\n", { status: 405, headers: { Allow: "POST" } });
  }
  return handle(request, context);
}

export { get as GET, post as POST };
