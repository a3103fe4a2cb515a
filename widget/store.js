// What is kept in the browser: the session, the messages, the size of the text.
//
// Every message has a place of its own in localStorage, by its id. So two tabs can write at the same time without
// losing each other's messages, and the `storage` event tells a tab what the other one said. Without localStorage
// (private mode, or forbidden) the conversation lasts as long as the page.

export const HISTORY = 500; // messages kept

export class Store {
  /** `onEntry(entry)`: a message was added or changed in another tab. `onReset()`: everything is different now. */
  constructor(server, { onEntry, onReset }) {
    this.prefix = `interventiewijzer ${server} `;
    this.storage = available("localStorage");
    this.tab = available("sessionStorage");
    this.read();
    addEventListener("storage", ({ key, newValue }) => {
      if (key === this.key("session")) {
        // What counts is what is there now: two tabs that erase at once then agree.
        if (this.load("session") === this.session) return;
        this.read();
        onReset();
      } else if (key?.startsWith(this.key("message "))) {
        const entry = parse(newValue);
        if (!entry) return;
        this.entries.set(entry.id, entry);
        onEntry(entry);
      }
    });
  }

  read() {
    this.session = this.load("session") ?? randomId();
    this.save("session", this.session);
    const entries = this.messageKeys().map((key) => parse(this.storage.getItem(key))).filter(Boolean);
    this.entries = new Map(entries.sort(byTime).map((entry) => [entry.id, entry]));
  }

  /** The messages, oldest first. */
  all() {
    return [...this.entries.values()].sort(byTime);
  }

  /** The messages of this person that the server has not taken yet. */
  waiting() {
    return this.all().filter((entry) => entry.waiting);
  }

  has(id) {
    return this.entries.has(id) || this.load(`message ${id}`) !== null;
  }

  /** Adds or changes a message; a new one gets its moment (`at`), always later than the ones before it. */
  put(entry) {
    const latest = Math.max(0, ...[...this.entries.values()].map(({ at }) => at));
    const kept = { ...entry, at: entry.at ?? Math.max(Date.now(), latest + 1) };
    this.entries.set(kept.id, kept);
    this.save(`message ${kept.id}`, JSON.stringify(kept));
    for (const { id } of this.all().slice(0, -HISTORY)) this.remove(id);
    return kept;
  }

  remove(id) {
    this.entries.delete(id);
    this.storage?.removeItem(this.key(`message ${id}`));
  }

  /** Forgets the conversation and starts another session. */
  erase() {
    for (const key of this.messageKeys()) this.storage.removeItem(key);
    this.entries.clear();
    this.session = randomId();
    this.save("session", this.session);
  }

  get textSize() {
    return Number(this.load("textSize")) || 0;
  }

  set textSize(size) {
    this.save("textSize", String(size));
  }

  messageKeys() {
    return Object.keys(this.storage ?? {}).filter((key) => key.startsWith(this.key("message ")));
  }

  /** Whether the window in the corner is open; of this tab alone, over page changes. */
  get opened() {
    return Boolean(this.tab?.getItem(this.key("open")));
  }

  set opened(open) {
    if (open) this.tab?.setItem(this.key("open"), "yes");
    else this.tab?.removeItem(this.key("open"));
  }

  key(name) {
    return this.prefix + name;
  }

  load(name) {
    return this.storage?.getItem(this.key(name)) ?? null;
  }

  save(name, value) {
    try {
      this.storage?.setItem(this.key(name), value);
    } catch {
      // Full: the message is on the screen, a reload will not show it.
    }
  }
}

/** 32 hexadecimal digits; whoever knows a session's can read along, so it must not be guessable. */
export function randomId() {
  // Not crypto.randomUUID, which is absent on an intranet without https.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function available(kind) {
  try {
    window[kind].getItem("");
    return window[kind];
  } catch {
    return null;
  }
}

function parse(text) {
  try {
    const entry = JSON.parse(text);
    return typeof entry?.id === "string" && typeof entry.text === "string" ? entry : null;
  } catch {
    return null;
  }
}

function byTime(one, other) {
  return one.at - other.at || (one.id < other.id ? -1 : 1);
}
