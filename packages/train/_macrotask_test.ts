import { assertEquals } from "@std/assert";
import { throughChannel } from "./_macrotask.ts";

Deno.test("throughChannel() resolves all that wait, in their order", async () => {
  const channel = new MessageChannel();
  try {
    const task = throughChannel(channel);
    const order: string[] = [];
    const tasks = ["first", "second"].map((name) => task().then(() => order.push(name)));
    queueMicrotask(() => order.push("microtask"));
    await Promise.all(tasks);
    assertEquals(order, ["microtask", "first", "second"]);
    await task();
  } finally {
    channel.port1.close();
    channel.port2.close();
  }
});
