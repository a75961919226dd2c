import { findProgram } from "@gradus/testing/find-program";
import { assert } from "@std/assert";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { serveFiles, type ServeOptions } from "./server.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Quiet, alone, without a screen, and with WebGPU on the adapter that Chromium brings. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--enable-unsafe-webgpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The playground, built and served, and a browser to open it in. */
export interface Playground {
  /** Opens the page in a context of its own. */
  open(options?: BrowserContextOptions & ServeOptions): Promise<OpenPage>;
  /** Ends the browser and the servers. */
  close(): Promise<void>;
}

/** The page, with what went wrong in it so far. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, what was thrown, what the policy refused, requests elsewhere. */
  readonly complaints: readonly string[];
}

/** Builds the playground and starts a browser. */
export async function startPlayground(): Promise<Playground> {
  const executablePath = findProgram("chromium");
  assert(executablePath !== null, "chromium is not installed");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "playground:build"],
    cwd: root,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const servers = await Promise.all([true, false].map(serve));
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    open: ({ isIsolated = true, ...options } = {}) => {
      const { port } = servers[isIsolated ? 0 : 1]!.addr;
      return openPage(browser, `http://127.0.0.1:${port}/`, options);
    },
    close: async () => {
      await browser.close();
      for (const server of servers) await server.shutdown();
    },
  };
}

async function serve(isIsolated: boolean): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const handler = await serveFiles(`${root}apps/playground/build`, { isIsolated });
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
}

async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions,
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const isOwn = request.url().startsWith(address) || request.url().startsWith("blob:");
    if (!isOwn) complaints.push(`request to ${request.url()}`);
  });
  await page.goto(address);
  return { page, complaints };
}
