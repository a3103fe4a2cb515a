// Every text that the widget itself shows.
export const texts = {
  log: "Gesprek",
  input: "Typ je bericht",
  placeholder: "Typ hier wat er speelt…",
  send: "Stuur",
  typing: "De Interventiewijzer typt…",
  offline: "Geen verbinding. Ik probeer het opnieuw; wat je typt gaat niet verloren.",
  you: "Jij",
  bot: "Interventiewijzer",
  newTab: "(opent in een nieuw tabblad)",
};
