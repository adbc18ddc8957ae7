/**
 * Loaded into a process of the market (`node --import`): does to it from inside what its machine could do. What that is stands in the
 * file that `COMMONWEIGHT_FAULTS` names, as {@link MachineFaults}; a file that is not there is a sound machine.
 */
import { readFileSync } from "node:fs";
import { Server, Socket } from "node:net";

/** What is wrong with the machine. */
export interface MachineFaults {
  /** Added to the machine's clock. */
  readonly clockShiftMs?: number;
  /** While it stands here, connections end and come about only with these ports of others, or to these of our own. */
  readonly openPorts?: readonly number[];
}

const LOOK_EVERY_MS = 100;
const path = process.env.COMMONWEIGHT_FAULTS ?? "";
const RealDate = Date;
const sockets = new Set<Socket>();
let faults: MachineFaults = {};

class ShiftedDate extends RealDate {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(ShiftedDate.now());
    else super(...(parts as [number]));
  }
  static override now(): number {
    return RealDate.now() + (faults.clockShiftMs ?? 0);
  }
}
globalThis.Date = ShiftedDate as DateConstructor;

const isCut = (port: number | undefined) =>
  faults.openPorts !== undefined && port !== undefined && !faults.openPorts.includes(port);

/** The port that says what a connection is for: the remote one of those that we made, our own of those that came in. */
const ports = new WeakMap<Socket, number>();

function watch(socket: Socket, port: number): void {
  ports.set(socket, port);
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (this: Socket, ...parts: unknown[]) {
  // `net` passes on what it has normalised: an array of options and listener.
  const first = Array.isArray(parts[0]) ? (parts[0] as unknown[])[0] : parts[0];
  const isNamed = typeof first === "object" && first !== null;
  const port = Number(isNamed ? (first as { port?: unknown }).port : first);
  if (Number.isInteger(port)) watch(this, port);
  const connected = Reflect.apply(connect, this, parts) as Socket;
  if (isCut(port)) this.destroy(new Error("cut off"));
  return connected;
} as typeof connect;

const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, name: string, ...parts: unknown[]) {
  const address = this.address();
  const [socket] = parts;
  if (name === "connection" && socket instanceof Socket && typeof address === "object") {
    if (isCut(address?.port)) {
      socket.destroy();
      return false;
    }
    if (address !== null) watch(socket, address.port);
  }
  return Reflect.apply(emit, this, [name, ...parts]) as boolean;
} as typeof emit;

function look(): void {
  try {
    faults = JSON.parse(readFileSync(path, "utf8")) as MachineFaults;
  } catch {
    faults = {};
  }
  for (const socket of sockets) {
    if (isCut(ports.get(socket))) socket.destroy();
  }
}

if (path !== "") {
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
}
