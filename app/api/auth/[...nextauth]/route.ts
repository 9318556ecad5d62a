import NextAuth from "next-auth";
import { nextAuthOptions } from "#lib/auth/next-auth-options.ts";

/** next-auth's own paths: its options depend on the environment that the process was started with. */
function handle(request: Request, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  return NextAuth(nextAuthOptions(request.headers))(request, context);
}

export { handle as GET, handle as POST };
