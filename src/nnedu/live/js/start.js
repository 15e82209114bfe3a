// The page is readable before this runs: pictures stand where the figures will be.
document.head.append(element("style", {}, styles));
const begin = () => document.querySelectorAll("[data-live]").forEach(start);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
window.nneduLive = { library, figures, perceptron };
