// The page is readable before this runs: pictures stand where the figures will be. A figure starts
// when it is less than a screen away, or when the address names it.
document.head.append(element("style", {}, styles));
const begin = () => {
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      start(target);
    }
  }, { rootMargin: "100% 0px" });
  const named = () => {
    const place = document.getElementById(window.location.hash.slice(1).split("?")[0]);
    if (!place || !("live" in place.dataset) || place.liveFigure) return;
    near.unobserve(place);
    start(place);
  };
  document.querySelectorAll("[data-live]").forEach((place) => near.observe(place));
  window.addEventListener("hashchange", named);
  named();
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
window.nneduLive = { library, figures, perceptron };
