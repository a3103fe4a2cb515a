// <interventiewijzer-chat server="https://bot.example.org"></interventiewijzer-chat>
// The chat window as a custom element in a shadow root. Without `server` it talks to the page's own server.
import { io } from "./vendor/socket.io.esm.min.js";
import { format } from "./format.js";
import { texts } from "./texts.nl.js";

const STORE = "interventiewijzer";
const HISTORY = 200; // messages kept for a reload

class InterventiewijzerChat extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.saved = load();
    this.build();
    this.saved.history.forEach((entry, index) => this.draw(entry, index === this.saved.history.length - 1));
    this.connect();
  }

  disconnectedCallback() {
    this.socket?.close();
  }

  build() {
    const root = this.attachShadow({ mode: "open" });
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("chat.css", import.meta.url).href;
    this.log = element("div", { className: "log", role: "log", tabIndex: 0, ariaLabel: texts.log, ariaLive: "polite" });
    this.status = element("p", { className: "status", role: "status" });
    this.input = element("textarea", { rows: 1, placeholder: texts.placeholder, ariaLabel: texts.input, maxLength: 2500 });
    const send = element("button", { type: "submit", textContent: texts.send });
    const form = element("form", {}, this.input, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say(this.input.value.trim());
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    root.append(style, element("div", { className: "chat" }, this.log, this.status, form));
  }

  connect() {
    const server = this.getAttribute("server") ?? location.origin;
    this.socket = io(server, { path: "/socket.io" });
    this.socket.on("connect", () => {
      this.status.textContent = "";
      this.socket.emit("session_request", { session_id: this.saved.session });
    });
    this.socket.on("disconnect", () => (this.status.textContent = texts.offline));
    this.socket.on("connect_error", () => (this.status.textContent = texts.offline));
    this.socket.on("session_confirm", () => {
      if (!this.saved.history.length && !this.greeted) {
        this.greeted = true;
        this.send("/start");
      }
    });
    this.socket.on("bot_uttered", (message) => this.hear(message));
  }

  say(text, payload) {
    if (!text) return;
    this.closeChoices();
    this.keep({ who: "user", text });
    this.input.value = "";
    this.send(payload ?? text);
  }

  send(message) {
    if (this.socket.connected) this.status.textContent = texts.typing;
    // Sent again after a lost connection; the id lets the server handle it once.
    const id = crypto.randomUUID?.() ?? String(Math.random());
    this.socket.emit("user_uttered", { message, session_id: this.saved.session, id });
  }

  hear(message) {
    this.status.textContent = "";
    this.keep({ who: "bot", ...message });
  }

  keep(entry) {
    this.saved.history = [...this.saved.history, entry].slice(-HISTORY);
    save(this.saved);
    this.draw(entry, true);
  }

  draw(entry, last) {
    const bubble = element("div", { className: `message ${entry.who}` });
    bubble.append(element("span", { className: "visually-hidden", textContent: `${texts[entry.who === "bot" ? "bot" : "you"]}: ` }));
    if (entry.who === "bot") this.drawReply(bubble, entry, last);
    else bubble.append(entry.text);
    this.log.append(bubble);
    if (last) this.log.append(this.choices(entry.buttons));
    this.log.scrollTop = this.log.scrollHeight;
  }

  drawReply(bubble, { text, cards = [], links = [], pages = [] }, last) {
    bubble.append(format(text), ...cards.map((card) => this.card(card, last)));
    const server = this.getAttribute("server") ?? location.origin;
    bubble.append(...[...links, ...pages.map(({ title, path }) => ({ title, url: server + path }))].map(anchor));
  }

  card({ title, text, facts, buttons, links }, last) {
    const list = element("dl", {}, ...facts.flatMap(([label, value]) => [
      element("dt", { textContent: label }),
      element("dd", {}, format(value)),
    ]));
    const card = element("section", { className: "card" }, element("h3", { textContent: title }), format(text), list);
    card.append(...links.map(anchor), last ? this.choices(buttons) : "");
    return card;
  }

  choices(buttons = []) {
    const drawn = buttons.map(({ title, payload }) => {
      const button = element("button", { type: "button", textContent: title });
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", "true");
        this.say(title, payload);
        this.input.focus();
      });
      return button;
    });
    return element("div", { className: "choices" }, ...drawn);
  }

  // Choices belong to the bot's last turn: older ones stay readable but can no longer be pressed.
  closeChoices() {
    this.log.querySelectorAll(".choices button").forEach((button) => (button.disabled = true));
  }
}

function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function anchor({ title, url }) {
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer", textContent: title });
}

function load() {
  try {
    const saved = JSON.parse(localStorage.getItem(STORE));
    if (saved?.session && Array.isArray(saved.history)) return saved;
  } catch {
    // No storage, or something else in it: start clean.
  }
  return { session: crypto.randomUUID?.() ?? String(Math.random()).slice(2), history: [] };
}

function save(saved) {
  try {
    localStorage.setItem(STORE, JSON.stringify(saved));
  } catch {
    // Private mode: the talk lasts as long as the page.
  }
}

customElements.define("interventiewijzer-chat", InterventiewijzerChat);
