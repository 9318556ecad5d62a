/** As much of a browser as a sign-in needs: cookies by origin, redirects one at a time, forms. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** The cookies of an origin; may be changed. */
  jar(origin: string): Map<string, string> {
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    return jar;
  }

  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.jar(origin);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const reply = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      const isOver = value === "" || /max-age=0(;|$)/i.test(cookie) || /expires=thu, 01 jan 1970/i.test(cookie);
      if (isOver) jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  }

  post(url: string, form: Record<string, string>): Promise<Response> {
    return this.send(url, { method: "POST", body: new URLSearchParams(form) });
  }

  /** Goes along redirects as long as `goesOn` says so; returns the last reply and its address. */
  async follow(
    from: { url: string; reply: Response },
    goesOn: (url: URL) => boolean = () => true,
  ): Promise<{ url: string; reply: Response }> {
    let { url, reply } = from;
    for (let hop = 0; hop < 20; hop += 1) {
      const location = reply.headers.get("location");
      if (location === null) return { url, reply };
      const next = new URL(location, url);
      if (!goesOn(next)) return { url: next.href, reply };
      url = next.href;
      reply = await this.send(url);
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }
}
