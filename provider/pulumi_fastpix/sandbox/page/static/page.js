// Keeps the page up to date, which a reload would do as well. Each part that changes has `data-live` and an id.
"use strict";

const PAUSE = 1000; // milliseconds
const state = document.getElementById("state");
const shown = new Map();
for (const part of document.querySelectorAll("[data-live]")) {
  shown.set(part.id, part.outerHTML);
}

function say(text, level) {
  if (state.textContent !== text) {
    state.textContent = text;
    state.className = level;
  }
}

function exchange(part) {
  const old = document.getElementById(part.id);
  // A button that is held down stays until it is let go: its click would be lost.
  if (!old || old.matches(":active") || shown.get(part.id) === part.outerHTML) {
    return;
  }
  shown.set(part.id, part.outerHTML);
  // Whoever is at a control of this part stays there, and what they chose stays chosen.
  const at = old.contains(document.activeElement) ? document.activeElement.id : "";
  const chosen = [...old.querySelectorAll("select")].filter((one) => !one.selectedOptions[0].defaultSelected);
  old.replaceWith(part);
  for (const { id, value } of chosen) {
    const again = document.getElementById(id);
    if (again) {
      again.value = value;
    }
  }
  document.getElementById(at)?.focus({ preventScroll: true });
}

async function update() {
  try {
    const response = await fetch("live", { cache: "no-store", redirect: "error" });
    if (response.ok) {
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      fresh.querySelectorAll("[data-live]").forEach(exchange);
      say("Live", "good");
    } else if (response.status === 403) {
      say("Another sandbox is here now: open the address that it printed.", "failed");
    } else {
      say("The data file can't be read at the moment.", "failed");
    }
  } catch {
    say("The sandbox has ended. This page goes on when it runs again.", "failed");
  }
}

async function run() {
  for (;;) {
    if (!document.hidden) {
      await update();
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

run();
