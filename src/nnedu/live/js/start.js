// The page is readable before this runs: pictures stand where the figures will be. A figure in
// view starts at once, the others one by one when the browser has time.
document.head.append(element("style", {}, styles));
const idle = (call) => (window.requestIdleCallback ? window.requestIdleCallback(call, { timeout: 2000 }) : setTimeout(call, 50));
const begin = () => {
  const later = [];
  const address = window.location.hash.slice(1).split("?")[0];
  for (const place of document.querySelectorAll("[data-live]")) {
    const near = place.getBoundingClientRect().top < 1.5 * window.innerHeight;
    if (near || place.id === address) start(place);
    else later.push(place);
  }
  const next = () => {
    if (!later.length) return;
    start(later.shift());
    idle(next);
  };
  idle(next);
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
window.nneduLive = { library, figures, perceptron };
