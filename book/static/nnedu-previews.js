/* Shows what a term or a citation means while its link is pointed at or has the focus.
   The page holds the entries as JSON (book/_ext/nnedu_previews.py). Escape puts the card away, the
   pointer may move into it, and a finger follows the link as everywhere. */
(function () {
  "use strict";
  const DELAY = 250; // milliseconds: a pointer that only passes by opens nothing

  document.addEventListener("DOMContentLoaded", function () {
    const data = document.getElementById("nnedu-previews");
    if (!data) return;
    const entries = JSON.parse(data.textContent);
    const card = document.createElement("div");
    card.id = "nnedu-preview";
    card.setAttribute("role", "tooltip");
    card.hidden = true;
    document.body.append(card);
    let timer = 0;
    let owner = null;

    function hide() {
      clearTimeout(timer);
      if (owner) owner.removeAttribute("aria-describedby");
      owner = null;
      card.hidden = true;
    }

    function place() {
      const at = owner.getClientRects()[0] || owner.getBoundingClientRect();
      const room = document.documentElement.clientWidth;
      card.style.left = "0";
      const width = card.offsetWidth;
      const left = Math.max(8, Math.min(at.left, room - width - 8));
      const above = at.top > card.offsetHeight + 70 && at.bottom + card.offsetHeight > innerHeight;
      const top = above ? at.top - card.offsetHeight : at.bottom;
      card.style.left = left + scrollX + "px";
      card.style.top = top + scrollY + "px";
    }

    function show(link) {
      hide();
      owner = link;
      card.innerHTML = entries[link.getAttribute("href")];
      card.hidden = false;
      link.setAttribute("aria-describedby", card.id);
      place();
    }

    function soon(action) {
      clearTimeout(timer);
      timer = setTimeout(action, DELAY);
    }

    for (const link of document.querySelectorAll("article a.reference.internal")) {
      if (!(link.getAttribute("href") in entries)) continue;
      link.removeAttribute("title"); // the browser's own tooltip would lie over the card
      link.addEventListener("pointerenter", function (event) {
        if (event.pointerType !== "touch") soon(show.bind(null, link));
      });
      link.addEventListener("pointerleave", soon.bind(null, hide));
      link.addEventListener("focus", function () {
        if (link.matches(":focus-visible")) show(link);
      });
      link.addEventListener("blur", hide);
    }
    card.addEventListener("pointerenter", function () {
      clearTimeout(timer);
    });
    card.addEventListener("pointerleave", soon.bind(null, hide));
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") hide();
    });
  });
})();
