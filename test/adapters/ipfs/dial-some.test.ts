import { expect, it } from "vitest";
import { createDialSome } from "../../../services/adapters/ipfs/dial-some.ts";

it("dials no address twice at a time, and no more than thirty-two at once, however many somebody names", async () => {
  const dialled: string[] = [];
  const ends: (() => void)[] = [];
  const dial = createDialSome((multiaddr) => {
    dialled.push(multiaddr);
    return new Promise((resolve, reject) =>
      ends.push(() => (ends.length % 2 === 0 ? resolve(undefined) : reject(new Error("nobody")))),
    );
  });
  const named = Array.from({ length: 100 }, (_, index) => `/ip4/192.0.2.1/tcp/${index + 1}`);

  for (let time = 0; time < 3; time++) dial(named[0] as string);
  expect(dialled).toEqual(named.slice(0, 1));
  for (const each of named) dial(each);
  expect(dialled).toEqual(named.slice(0, 32));

  for (const end of ends.splice(0)) end();
  await new Promise((resolve) => setTimeout(resolve));
  for (const each of named) dial(each);
  expect(dialled).toEqual([...named.slice(0, 32), ...named.slice(0, 32)]);
});
