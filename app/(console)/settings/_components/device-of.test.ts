import { expect, test } from "vitest";
import { deviceOf } from "#app/(console)/settings/_components/device-of.ts";

test("names browser and system, not what each browser claims to be as well", () => {
  const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
  const agents = {
    "Chrome on Linux": `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/140.0.0.0 Safari/537.36`,
    "Edge on Windows": `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0`,
    "Safari on iPhone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
    "Firefox on macOS": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Chrome on Android": `Mozilla/5.0 (Linux; Android 15) ${webkit} Chrome/140.0.0.0 Mobile Safari/537.36`,
  };
  for (const [words, agent] of Object.entries(agents)) expect(deviceOf(agent)).toBe(words);
});

test("shows the beginning of what is no browser, and says when nothing is known", () => {
  expect(deviceOf("curl/8.5.0")).toBe("curl/8.5.0");
  expect(deviceOf(null)).toBe("unknown browser");
});
