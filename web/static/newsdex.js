// Keys, completions and the hit counter. Every page is whole without this file.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const box = $("#q");

  // The off switch is remembered in this browser; a browser that refuses to remember keeps them on.
  const remember = {
    get off() { try { return localStorage.getItem("newsdex-keys") === "off"; } catch { return false; } },
    set off(value) { try { localStorage.setItem("newsdex-keys", value ? "off" : "on"); } catch { /* for this page only */ } },
  };
  let off = remember.off;
  const line = $(".keys-line");
  const button = $(".keys-switch");
  const showSwitch = () => {
    button.textContent = off ? "Keys off" : "Keys on";
    button.setAttribute("aria-pressed", String(!off));
  };
  if (line) {
    line.hidden = false;
    showSwitch();
    button.addEventListener("click", () => { off = !off; remember.off = off; showSwitch(); });
  }

  // Hit to hit: the address says where the reader is, so a reload and the back button stay there.
  const bar = $(".hitbar[data-hits]");
  const hits = bar ? Number(bar.dataset.hits) : 0;
  const here = () => Number((location.hash.match(/^#hit-(\d+)$/) || [0, 0])[1]);
  const goTo = (number) => { location.hash = `hit-${number}`; };
  const step = (by) => { const at = here(); goTo(at ? (at - 1 + by + hits) % hits + 1 : by > 0 ? 1 : hits); };
  const showPlace = () => {
    const at = here();
    if (at) bar.querySelector(".where").textContent = `Hit ${at} of ${hits}`;
    all(".hitbar ol a").forEach((link, i) => {
      if (i + 1 === at) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest", inline: "nearest" }); }
      else link.removeAttribute("aria-current");
    });
    bar.querySelector(".next").href = `#hit-${at % hits + 1}`;
    bar.querySelector(".prev").href = `#hit-${at > 1 ? at - 1 : hits}`;
  };
  if (hits) {
    bar.classList.add("live");
    addEventListener("hashchange", showPlace);
    showPlace();
  }

  const results = all(".results h2 a, .latest h3 a");
  const move = (by) => {
    const at = results.indexOf(document.activeElement);
    const to = results[at < 0 ? (by > 0 ? 0 : results.length - 1) : Math.min(Math.max(at + by, 0), results.length - 1)];
    if (to) { to.focus(); to.scrollIntoView({ block: "center" }); }
  };
  const keys = {
    "/": () => { if (box) { box.focus(); box.select(); } },
    "j": () => move(1),
    "k": () => move(-1),
    "o": () => { if (results.includes(document.activeElement)) document.activeElement.click(); },
    "n": () => { if (hits) step(1); },
    "p": () => { if (hits) step(-1); },
    "?": () => { location.href = $('.masthead nav a').href; },
  };
  addEventListener("keydown", (event) => {
    const field = event.target.closest && event.target.closest("input, select, textarea, [contenteditable]");
    if (field && hits && event.key === "Enter" && event.target === box && box.value === box.defaultValue) {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    }
    if (off || field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // Completions come after a pause in typing; an answer that another letter has overtaken is dropped.
  const list = $("#completions");
  let pause = 0;
  let asking = null;
  if (box && list) box.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      if (asking) asking.abort();
      const text = box.value.trim();
      if (text.length < 2 || text.length > 500) return;
      asking = new AbortController();
      try {
        const answer = await fetch(`${document.body.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
        if (!answer.ok) return;
        const [, texts, about] = await answer.json();
        list.replaceChildren(...texts.map((value, i) => {
          const option = document.createElement("option");
          option.value = value;
          option.label = `${value} (${about[i]})`;
          return option;
        }));
      } catch { /* no completions this time; the box works all the same */ }
    }, 150);
  });
})();
