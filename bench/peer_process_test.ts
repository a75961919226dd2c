import { assertEquals, assertRejects } from "@std/assert";
import { PeerProcess } from "./peer_process.ts";

const command = ["deno", "run", new URL("./testdata/fake_peer.ts", import.meta.url).pathname];
const timeoutMs = 20_000;

Deno.test("PeerProcess asks and is answered", async () => {
  const peer = new PeerProcess([...command, "2"]);
  const { value } = await peer.ask({ prepare: "works", amount: 1 }, { timeoutMs });
  assertEquals(value, 0.5);
  assertEquals(await peer.ask({ run: 3 }, { timeoutMs }), { ms: 2, value: 0.5 });
  await assertRejects(
    () => peer.ask({ prepare: "other", amount: 1 }, { timeoutMs }),
    Error,
    "has no other",
  );
  await peer.close();
});

Deno.test("PeerProcess tells how a peer ended", async () => {
  const peer = new PeerProcess([...command, "1"]);
  await assertRejects(
    () => peer.ask({ prepare: "dies", amount: 1 }, { timeoutMs }),
    Error,
    "ended with code 3: Error: out of memory",
  );
  await assertRejects(
    () => peer.ask({ run: 1 }, { timeoutMs }),
    Error,
    "ended with code 3: Error: out of memory",
  );
  await peer.close();
});

Deno.test("PeerProcess does not wait for ever", async () => {
  const peer = new PeerProcess([...command, "1"]);
  await assertRejects(
    () => peer.ask({ prepare: "is silent", amount: 1 }, { timeoutMs: 600 }),
    Error,
    "took longer than 1 s",
  );
  await peer.close();
});
