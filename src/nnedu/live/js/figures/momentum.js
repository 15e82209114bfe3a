// Chapter 5: too much momentum is as slow as too little, and the best setting sits in a corner.
figures.momentum = (figure) => {
  const HIGH = 4.4;
  figure.range("h", "learning rate, times L", { min: 0.02, max: HIGH, value: 1, step: 0.02, show: (h) => `lr · L = ${num(h)}` });
  figure.range("momentum", "momentum μ", { min: 0, max: 0.99, value: 0.9, step: 0.01 });
  figure.range("condition", "condition number, L / ℓ", { min: 2, max: 1000, value: 20, log: true });
  figure.choice("rule", "rule", { momentum: "Momentum", nesterov: "Nesterov" }, "momentum");

  const map = figure.plot({ square: true, canvas: true, x: "learning rate, times L", y: "momentum μ", label: "Convergence rate for every setting" });
  const plane = figure.plot({ height: 190, x: "flat direction", y: "steep direction", label: "The run on the bowl" });
  const distances = figure.plot({ height: 210, x: "updates", y: "distance to the minimum", label: "Distance against updates" });
  map.handle({
    label: "Learning rate and momentum",
    at: ({ h, momentum }) => [h, momentum],
    move: (h, momentum) => ({ h: clamp(h, 0.02, HIGH), momentum: clamp(momentum, 0, 0.99) }),
    say: ({ h, momentum }) => `learning rate times L ${num(h)}, momentum ${num(momentum)}`,
  });

  // One update on a parabola is a matrix: the rule itself, run on the unit vectors.
  const roots = (rule, curvature, words) => {
    const [a, b] = library.rules[rule](1, curvature, 0, { t: 1, ...words });
    const [c, d] = library.rules[rule](0, 0, 1, { t: 1, ...words });
    const [half, product] = [(a + d) / 2, a * d - b * c];
    const under = half * half - product;
    if (under < 0) return { rate: Math.sqrt(product), way: ["swings", "swing"] };
    const far = half < 0 ? half - Math.sqrt(under) : half + Math.sqrt(under);
    return { rate: Math.abs(far), way: far < 0 ? ["changes sides at every update", "change sides at every update"] : ["crawls from one side", "crawl from one side"] };
  };
  const both = (rule, condition, h, momentum) => [1, condition].map((c) => roots(rule, c, { lr: h / condition, momentum }));
  const rate = (...setting) => Math.max(...both(...setting).map((each) => each.rate));
  const needed = (r) => (r <= 0 ? 1 : Math.ceil(Math.log(1e-6) / Math.log(r)));
  const levels = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98];
  const seen = {};

  figure.render = ({ h, momentum, condition, rule }) => {
    const lr = h / condition;
    const [flat, steep] = both(rule, condition, h, momentum);
    const worst = Math.max(flat.rate, steep.rate);
    const tuned = library.facts.best(rule, 1, condition);
    const fastest = rate(rule, condition, tuned.lr * condition, tuned.momentum);
    const plain = (condition - 1) / (condition + 1);

    map.frame({ x: [0, HIGH], y: [0, 1] });
    const key = `${rule} ${condition} ${map.width}`;
    if (seen.key !== key) {
      seen.key = key;
      const at = (x, y) => rate(rule, condition, x, Math.min(y, 0.999));
      map.paint(110, 100, (x, y) => {
        const r = at(x, y);
        return r >= 1 ? [others[1], 0.16] : [palette.momentum, 0.85 * Math.pow((1 - r) / (1 - fastest), 0.6)];
      });
      seen.lines = map.contourPath(at, [...levels, 1], { opacity: 0.55, n: 140 });
    }
    map.raw(seen.lines);
    const column = 0.58 * library.facts.limit(rule, 0.8);
    for (const level of [0.6, 0.7, 0.8, 0.9]) {
      const y = range(99).map((k) => 0.99 - k / 100).find((mu) => rate(rule, condition, column, mu) <= level);
      if (y > 0.03) map.text(column, y, num(level), { anchor: "middle", dy: 4 });
    }
    const edge = library.facts.limit(rule, 0.5);
    map.text(edge, 0.5, "diverges", { dx: 14 });
    map.raw(`<circle cx="${map.X(tuned.lr * condition)}" cy="${map.Y(tuned.momentum)}" r="5" fill="none" stroke="currentColor" stroke-width="2"/>`);
    map.text(tuned.lr * condition, tuned.momentum, "fastest", { dx: -9, dy: 4, anchor: "end" });
    map.show();

    const surface = library.surfaces.bowl(condition);
    const updates = 100;
    const run = descend(surface, [1, 1], optimizer(rule, { lr, momentum }), updates);
    const gd = descend(surface, [1, 1], optimizer("sgd", library.facts.best("sgd", 1, condition)), updates);
    plane.frame({ x: [-1.2, 1.2], y: [-2.2, 2.2] });
    for (const level of range(6).map((k) => 0.72 * Math.pow(0.4, k) + (condition * Math.pow(0.45, k)))) {
      const turn = range(121).map((k) => (k * Math.PI) / 60);
      plane.path(turn.map((s) => [Math.sqrt(2 * level) * Math.cos(s), Math.sqrt((2 * level) / condition) * Math.sin(s)]), { width: 1, opacity: 0.3 });
    }
    plane.path(run, { color: palette[rule], width: 1.5 });
    plane.dots(run, { r: 2.5, color: palette[rule] });
    plane.show();

    const size = (path) => path.map(([x, y], t) => [t, Math.max(Math.hypot(x, y), 1e-12)]);
    distances.frame({ x: [0, updates], y: [1e-6, 10], logy: true });
    distances.path(size(gd), { color: palette.sgd, width: 2 });
    distances.path(size(run), { color: palette[rule], width: 2.5 });
    distances.path([[0, 1], [updates, Math.pow(worst, updates)]], { width: 1, dash: "4 4" });
    const last = Math.min(updates, Math.log(4e-6) / Math.log(plain));
    distances.text(last, Math.pow(plain, last), "SGD at its best", last > 55 ? { anchor: "end", dx: -8, dy: 12 } : { dx: 8, dy: -2 });
    distances.show();

    const name = rule === "momentum" ? "Momentum" : "Nesterov";
    const ways = flat.way[0] === steep.way[0] ? `both directions ${flat.way[1]}` : `the flat direction ${flat.way[0]} and the steep one ${steep.way[0]}`;
    const fate = worst >= 1 ? "the run diverges" : `a millionth of it takes about ${num(needed(worst))} updates`;
    return `At lr = ${num(lr)} and momentum ${num(momentum)} ${ways}. In the long run an update multiplies the distance by ${num(worst, 4)}: ${fate}. ${name}'s fastest setting, lr = ${num(tuned.lr)} with momentum ${num(tuned.momentum)}, needs ${num(needed(fastest))} updates for a millionth, gradient descent at its best ${num(needed(plain))}.`;
  };
};
