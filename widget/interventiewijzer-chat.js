// <interventiewijzer-chat></interventiewijzer-chat>: the chat window as a custom element in a shadow root.
//
// Attributes: server (address of the bot; default: where this script came from), mode ("page" fills its box; otherwise
// a button in the corner opens a window), opening (first words instead of the bot's own), rol (role of the person, one
// of the bot's roles), scheme ("light": never dark). See docs/widget.md.
import { Connection } from "./connection.js";
import { button, element, icon } from "./dom.js";
import { Menu } from "./menu.js";
import { Messages } from "./messages.js";
import { print } from "./print.js";
import { whenThereIsAVoice } from "./speech.js";
import { randomId, Store } from "./store.js";
import { texts } from "./texts.nl.js";

const TYPING_MS = 400; // an answer that is there sooner needs no typing sign
const TOLD_MS = 3_000;
const LARGEST = 3; // steps of text size
const MAX_LENGTH = 2500; // characters of a message; the server keeps no more
const SMALL = "(max-width: 40rem), (max-height: 30rem)"; // here the window fills the screen; also in chat.css

class InterventiewijzerChat extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.build();
    if (this.floating && this.store.opened) this.showPanel();
    // A window that nobody opened costs the server nothing, unless something still has to be sent.
    if (!this.floating || this.store.opened || this.store.waiting().length) this.start();
  }

  disconnectedCallback() {
    this.connection.close();
  }

  build() {
    this.floating = this.getAttribute("mode") !== "page";
    const home = new URL("../", import.meta.url);
    this.base = this.hasAttribute("server") ? new URL(`${this.getAttribute("server")}/`.replace(/\/+$/, "/"), location) : home;
    this.store = new Store(this.base.href, {
      onEntry: (entry) => this.messages.show(entry),
      onReset: () => {
        this.messages.drawAll(this.store.all());
        this.connection.reopen();
      },
    });
    this.messages = new Messages({
      base: this.base,
      choose: (title, payload) => this.choose(title, payload),
      retry: ({ failed, ...entry }) => {
        this.say(entry);
        this.input.focus(); // the button that had it is gone
      },
      tell: (text) => this.tell(text),
    });
    this.connection = new Connection(this.base, this.store, {
      onMessage: (message) => this.hear(message),
      onEntry: (entry) => this.messages.show(entry),
      onState: () => this.drawState(),
    });
    this.draw();
    this.messages.drawAll(this.store.all());
  }

  draw() {
    const style = element("link", { rel: "stylesheet", href: new URL("chat.css", import.meta.url).href });
    const region = element("section", { className: "widget", lang: texts.language, "aria-label": texts.region, hidden: true });
    style.addEventListener("load", () => {
      region.hidden = false; // not before: unstyled it would flash over the page
      this.messages.toEnd();
    });
    this.panel = element(
      this.floating ? "dialog" : "div",
      { className: "panel", part: "panel", ...(this.floating && { "aria-label": texts.title }) },
      this.drawHeader(),
      button(texts.skip, () => this.input.focus(), { className: "skip" }),
      this.messages.log,
      this.messages.announcer,
      this.drawFoot(),
      this.menu.question,
    );
    region.append(this.panel);
    if (this.floating) this.float(region);
    this.resizeText(0);
    whenThereIsAVoice(() => this.panel.classList.add("can-speak"));
    this.attachShadow({ mode: "open" }).append(style, region);
  }

  drawHeader() {
    this.menu = new Menu({
      larger: () => this.resizeText(1),
      smaller: () => this.resizeText(-1),
      print: () => print(this.messages.log),
      restart: () => this.choose(texts.restart, "/opnieuw"),
      erase: () => this.choose(texts.erase, "/wissen"),
    });
    this.heading = element("h2", { tabIndex: -1 }, texts.title);
    const header = element("header", { part: "header" }, this.heading, this.menu.node);
    if (this.floating) header.append(button(texts.close, () => this.close(), { icon: "close", className: "close" }));
    return header;
  }

  drawFoot() {
    this.typing = element("p", { className: "typing", hidden: true }, element("i"), element("i"), element("i"));
    this.typing.append(element("span", { className: "visually-hidden" }, texts.typing));
    this.status = element("p", { className: "status", role: "status" });
    this.input = element("textarea", {
      part: "input",
      rows: 1,
      maxLength: MAX_LENGTH,
      placeholder: texts.placeholder,
      "aria-label": texts.input,
      autocomplete: "off",
    });
    const send = element("button", { type: "submit", part: "send" }, icon("send"), element("span", {}, texts.send));
    const form = element("form", {}, this.input, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (!text) return;
      this.input.value = "";
      this.say({ text });
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    return element("footer", {}, this.typing, this.status, form);
  }

  // --- what is said

  start() {
    this.connection.open();
    if (this.store.all().length) return;
    const rol = this.getAttribute("rol");
    this.say({ text: "/start" + (rol ? JSON.stringify({ rol }) : ""), hidden: true });
  }

  choose(title, payload) {
    this.say({ text: title, payload });
    // On a phone the typing field would call up the keyboard, over the answer.
    if (matchMedia("(pointer: coarse)").matches) this.messages.log.focus({ preventScroll: true });
    else this.input.focus();
  }

  say(entry) {
    this.messages.show(this.store.put({ id: randomId(), ...entry, who: "user", waiting: true }));
    this.connection.open();
    this.connection.deliver();
  }

  hear({ wissen, ...message }) {
    if (this.store.has(message.id)) return; // again, or another tab was first
    if (wissen) {
      this.store.erase();
      this.messages.drawAll([]);
      this.connection.reopen();
    } else if (this.hasAttribute("opening") && !this.store.all().some(({ who }) => who === "bot")) {
      message.text = this.getAttribute("opening");
    }
    const entry = this.store.put({ ...message, who: "bot" });
    this.messages.show(entry);
    this.messages.announce(entry);
  }

  // --- what is seen

  drawState() {
    const { state, delivering } = this.connection;
    this.panel.dataset.state = state;
    this.tell(texts[state] ?? "");
    clearTimeout(this.typingSoon);
    if (delivering && state === "online") this.typingSoon = setTimeout(() => (this.typing.hidden = false), TYPING_MS);
    else this.typing.hidden = true;
  }

  /** Shows `text` in the status line; a message about the connection stays, another one goes after a while. */
  tell(text) {
    clearTimeout(this.told);
    this.status.textContent = text;
    const standing = texts[this.connection.state] ?? "";
    if (text !== standing) this.told = setTimeout(() => (this.status.textContent = standing), TOLD_MS);
  }

  resizeText(step) {
    const size = Math.min(LARGEST, Math.max(0, this.store.textSize + step));
    if (step) this.store.textSize = size;
    this.panel.dataset.size = size;
    if (step) this.messages.toNew(); // what was read has moved
  }

  // --- the window in the corner

  float(region) {
    this.launcher = button(texts.launch, () => this.open(), { icon: "chat", className: "launcher", part: "launcher" });
    this.launcher.setAttribute("aria-haspopup", "dialog");
    region.append(this.launcher);
    this.small = matchMedia(SMALL);
    this.small.addEventListener("change", () => {
      if (!this.panel.open) return;
      this.panel.close();
      this.showPanel();
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
    this.panel.addEventListener("cancel", (event) => {
      if (event.target === this.panel) this.close(); // the back gesture of a phone
    });
  }

  open() {
    this.showPanel();
    this.start();
    if (this.small.matches) this.heading.focus(); // the typing field would call up the keyboard
    else this.input.focus();
  }

  /** On a small screen the window is all there is, so the page behind it is out of reach; beside it, it is not. */
  showPanel() {
    this.store.opened = true;
    this.launcher.hidden = true;
    if (this.small.matches) this.panel.showModal();
    else this.panel.setAttribute("open", ""); // show() would take the focus, also after a page change
    this.messages.toEnd();
  }

  close() {
    this.store.opened = false;
    this.panel.close();
    this.launcher.hidden = false;
    this.launcher.focus();
  }
}

customElements.define("interventiewijzer-chat", InterventiewijzerChat);
