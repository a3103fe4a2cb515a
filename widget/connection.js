// Talks to the server over Socket.IO and delivers what this person said: in order, and once.
//
// A message stays `waiting` in the store until the server acknowledges it, so it survives a lost connection and a
// reload. It goes out with its own id; the server does not handle an id twice but sends the answers again.
import { io } from "./vendor/socket.io.esm.min.js";
import { randomId } from "./store.js";

const ANSWER_MS = 30_000; // no acknowledgement after this: send it again
const RETURN_MS = 3_000; // after the server closed the connection

export class Connection {
  /**
   * `base`: the address of the server, a URL ending in '/'. `onMessage(message)`: the bot said something.
   * `onEntry(entry)`: a message was delivered or refused. `onState()`: `state` or `delivering` changed.
   */
  constructor(base, store, { onMessage, onEntry, onState }) {
    Object.assign(this, { base, store, onMessage, onEntry, onState });
    this.state = "connecting"; // then "online", "offline", "busy" or "refused"
    this.delivering = false;
  }

  open() {
    if (this.socket) return;
    // A WebSocket first: long polling, for where that is blocked, needs every request to reach the same process.
    const path = `${this.base.pathname}socket.io`;
    const transports = globalThis.WebSocket ? ["websocket", "polling"] : ["polling"];
    this.socket = io(this.base.origin, { path, forceNew: true, transports, tryAllTransports: true });
    this.socket.on("connect", () => this.socket.emit("session_request", { session_id: this.store.session }));
    this.socket.on("session_confirm", () => {
      this.become("online");
      this.deliver();
    });
    this.socket.on("connect_error", () => this.become(this.socket.active ? "offline" : "refused"));
    this.socket.on("disconnect", (reason) => {
      this.become("offline");
      if (reason === "io server disconnect") setTimeout(() => this.socket?.connect(), RETURN_MS);
    });
    this.socket.on("bot_uttered", (message) => this.onMessage({ ...message, id: message.id ?? randomId() }));
    // A phone without a network notices its dead connection only after a while; the browser knows at once.
    this.network = new AbortController();
    addEventListener("offline", () => this.socket.disconnect(), { signal: this.network.signal });
    addEventListener("online", () => this.socket.connect(), { signal: this.network.signal });
  }

  close() {
    this.network?.abort();
    this.socket?.close();
    this.socket = null;
    this.state = "connecting";
  }

  /** Once more from the start: for another session. */
  reopen() {
    this.close();
    this.open();
  }

  become(state) {
    this.state = state;
    this.onState();
  }

  async deliver() {
    if (this.delivering) return;
    this.delivering = true;
    this.onState();
    for (let entry; this.state === "online" && (entry = this.store.waiting()[0]); ) await this.send(entry);
    this.delivering = false;
    this.onState();
  }

  async send(entry) {
    const { id, text, payload, tried } = entry;
    const message = { id, message: payload ?? text, session_id: this.store.session, ...(tried && { again: true }) };
    this.store.put({ ...entry, tried: true });
    const answer = await this.socket.timeout(ANSWER_MS).emitWithAck("user_uttered", message).catch(() => null);
    if (!answer || !this.store.has(id)) return; // not delivered, or erased meanwhile
    if (answer.fout && answer.opnieuw) {
      this.become("busy");
      await new Promise((resolve) => setTimeout(resolve, answer.opnieuw * 1000));
      if (this.state === "busy") this.become("online");
      return;
    }
    const { waiting, tried: _, ...settled } = entry;
    this.onEntry(this.store.put(answer.fout ? { ...settled, failed: answer.fout } : settled));
  }
}
