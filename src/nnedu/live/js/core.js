// Elements, numbers, noise, and rules run on points: what every figure needs.
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") for (const [kind, call] of Object.entries(value)) made.addEventListener(kind, call);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// A number for people: three digits, a true minus sign, powers of ten where it is long.
function num(x, digits = 3) {
  if (Number.isNaN(x)) return "not a number";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) {
    const [head, power] = x.toExponential(Math.max(digits - 2, 0)).split("e");
    const high = [...String(Number(power))].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
    return `${head.replace("-", "−")} · 10${high}`;
  }
  const text = size >= 1000 ? String(Math.round(x)) : String(Number(x.toPrecision(digits)));
  return text.replace("-", "−");
}

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const round = (x, digits) => Number(x.toPrecision(digits));
const range = (n) => Array.from({ length: n }, (_, i) => i);

// Uniform and normal numbers from a seed: the same in every browser.
function generator(seed) {
  let a = seed >>> 0;
  const uniform = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

// A rule of the library, run on a point with any number of coordinates.
function optimizer(name, hyper) {
  const rule = library.rules[name];
  const state = [];
  const words = { ...hyper, t: 0 };
  return (theta, g) => {
    words.t += 1;
    if (typeof hyper.lr === "function") words.lr = hyper.lr(words.t - 1);
    const after = theta.map((_, i) => {
      state[i] = state[i] || Array(rule.length - 3).fill(0);
      const [next, ...kept] = rule(theta[i], g[i], ...state[i], words);
      state[i] = kept;
      return next;
    });
    return after;
  };
}

// The points that a rule visits on a surface.
function descend(surface, start, step, updates) {
  const path = [start];
  for (let t = 0; t < updates; t += 1) {
    const here = path[t];
    path.push(step(here, surface.df(...here)));
  }
  return path;
}

function swatch(color, dash) {
  const box = document.createElementNS(SVG, "svg");
  box.setAttribute("class", "nl-swatch");
  box.setAttribute("viewBox", "0 0 24 8");
  box.setAttribute("aria-hidden", "true");
  box.innerHTML = `<path d="M1 4H23" stroke="${color}" stroke-width="3" stroke-dasharray="${dash || "none"}"/>`;
  return box;
}
