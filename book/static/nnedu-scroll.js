/* What is wider than the column scrolls: it takes the focus, so that keys can scroll it. Measured
   when it is laid out, which may be long after the page was loaded. */
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
    const wide = "div.math, pre, .cell_output > .output, .pst-scrollable-table-container";
    document.querySelectorAll(wide).forEach(function (part) {
      seen.observe(part);
    });
  });
})();
