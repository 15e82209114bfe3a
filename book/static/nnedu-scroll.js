/* A formula that is wider than the column scrolls; it takes the focus, so that keys can scroll it. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    const seen = new ResizeObserver(function (entries) {
      for (const entry of entries) {
        const formula = entry.target.querySelector('mjx-container[display="true"]');
        if (!formula) continue;
        const wide = formula.scrollWidth > formula.clientWidth;
        const high = formula.scrollHeight > formula.clientHeight;
        if (wide || high) {
          formula.tabIndex = 0;
        } else {
          formula.removeAttribute("tabindex");
        }
      }
    });
    document.querySelectorAll("div.math").forEach(function (math) {
      seen.observe(math);
    });
  });
})();
