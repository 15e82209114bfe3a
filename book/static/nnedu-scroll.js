/* A formula that is wider than the column scrolls; it takes the focus, so that keys can scroll it. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    const seen = new ResizeObserver(function (entries) {
      for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight) {
          target.tabIndex = 0;
        } else {
          target.removeAttribute("tabindex");
        }
      }
    });
    document.querySelectorAll("div.math").forEach(function (math) {
      seen.observe(math);
    });
  });
})();
