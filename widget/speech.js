// 'Lees voor': the browser's own speech, where it has a Dutch voice.
import { texts } from "./texts.nl.js";

const synthesis = window.speechSynthesis;
let stopOther = () => {};

/** Calls `onAvailable` as soon as there is a voice; many browsers load their voices late. */
export function whenThereIsAVoice(onAvailable) {
  const look = () => voice() && onAvailable();
  look();
  synthesis?.addEventListener?.("voiceschanged", look);
}

/** Reads `text` aloud, or stops when it is being read. `onChange(reading)` is called at start and end. */
export function readAloud(text, onChange) {
  const stopThis = stopOther;
  stopOther = () => {};
  synthesis.cancel();
  stopThis();
  if (stopThis.reads === onChange) return;
  const speech = Object.assign(new SpeechSynthesisUtterance(text), { lang: texts.language, voice: voice() });
  stopOther = Object.assign(() => onChange(false), { reads: onChange });
  speech.onend = () => onChange(false);
  onChange(true);
  synthesis.speak(speech);
}

function voice() {
  return synthesis?.getVoices().find(({ lang }) => lang.toLowerCase().startsWith(texts.language));
}
