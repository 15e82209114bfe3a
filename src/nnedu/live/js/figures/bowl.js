// Chapter 3: the steep direction decides whether a run converges, the flat one how long it takes.
figures.bowl = (figure) => {
  const [flat, steep] = [others[0], others[1]];
  figure.value("x", 1, [-1.3, 1.3]);
  figure.value("y", 1, [-1.3, 1.3]);
  figure.range("lr", "learning rate", { min: 0.005, max: 2.2, value: 0.09, log: true });
  figure.range("condition", "condition number, L / ℓ", { min: 1, max: 100, value: 20, log: true });
  figure.range("updates", "updates shown", { min: 1, max: 100, value: 40, step: 1 });

  const plane = figure.plot({ square: true, x: "flat direction, curvature ℓ = 1", y: "steep direction, curvature L (drag the start)", label: "The bowl from above" });
  const factors = figure.plot({ height: 200, x: "learning rate", y: "size of the factor per update", label: "What one update does to each direction" });
  const distances = figure.plot({ height: 200, x: "updates", y: "distance left in each direction", label: "Distance to the minimum" });

  plane.handle({
    label: "Start of the run",
    at: ({ x, y }) => [x, y],
    move: (x, y) => ({ x, y }),
    say: ({ x, y }) => `flat ${num(x)}, steep ${num(y)}`,
  });
  factors.handle({
    label: "Learning rate",
    horizontal: true,
    at: ({ lr, condition }) => [lr, Math.max(Math.abs(1 - lr), Math.abs(1 - lr * condition))],
    move: (x) => ({ lr: clamp(x, ...figure.limits.lr) }),
    say: ({ lr }) => num(lr),
  });

  figure.render = ({ x, y, lr, condition, updates }) => {
    const surface = library.surfaces.bowl(condition);
    const run = descend(surface, [x, y], optimizer("sgd", { lr }), updates);
    const away = run.map(([u, v]) => Math.hypot(u, v));
    const limit = library.facts.limit("sgd") / condition;
    const best = library.facts.best("sgd", 1, condition).lr;

    plane.frame({ x: [-1.3, 1.3], y: [-1.3, 1.3] });
    const top = surface.f(1.3, 1.3);
    for (const level of range(9).map((k) => top * Math.pow(0.55, k))) {
      const turn = range(121).map((k) => (k * Math.PI) / 60);
      const [a, b] = [Math.sqrt(2 * level), Math.sqrt((2 * level) / condition)];
      plane.path(turn.map((s) => [a * Math.cos(s), b * Math.sin(s)]), { width: 1, opacity: 0.3 });
    }
    plane.path(run, { color: palette.sgd, width: 1.5 });
    plane.dots(run, { r: 3 });
    plane.raw(`<path d="M${plane.X(0) - 6} ${plane.Y(0)}h12m-6 -6v12" stroke="${steep}" stroke-width="2"/>`);
    plane.show();

    const end = 1.3 * limit;
    const marks = [[0, "0"], [best, "best\u00a0\u00a0", "end"], [limit, `\u00a02/L = ${num(limit)}`, condition < 2.2 ? "middle" : "start"]];
    factors.frame({ x: [0, end], y: [0, 1.5], xticks: marks, yticks: [0, 0.5, 1] });
    factors.rect([limit, end], [0, 1.5], { color: steep, opacity: 0.13 });
    factors.path([[0, 1], [end, 1]], { width: 1, dash: "3 3", opacity: 0.6 });
    factors.path([[0, 1], [1, 0], [Math.max(end, 1), Math.abs(1 - Math.max(end, 1))]], { color: flat, width: 2.5 });
    factors.path([[0, 1], [1 / condition, 0], [end, end * condition - 1]], { color: steep, width: 2.5 });
    factors.text(end, 1.5, "diverges", { anchor: "end", dx: -4, dy: 12 });
    if (condition > 2.2) factors.text(end * 0.03, Math.abs(1 - end * 0.03), "flat", { dx: 26, dy: -7 });
    if (condition > 2.2) factors.text(0.6 / condition, 0.4, "steep", { dx: 7, dy: 4 });
    factors.show();

    distances.frame({ x: [0, updates], y: [1e-6, 1e2], logy: true });
    const line = (i) => run.map((p, t) => [t, Math.max(Math.abs(p[i]), 1e-12)]);
    distances.path(line(0), { color: flat, width: 2.5 });
    distances.path(line(1), { color: steep, width: 2.5, dash: "6 3" });
    distances.show();

    const factor = { flat: 1 - lr, steep: 1 - lr * condition };
    const worst = Math.max(Math.abs(factor.flat), Math.abs(factor.steep));
    const fate = `one update multiplies the flat direction by ${num(factor.flat)} and the steep one by ${num(factor.steep)}`;
    const after = `After ${updates} update${updates === 1 ? "" : "s"} the distance to the minimum has gone from ${num(away[0])} to ${num(away[updates])}.`;
    if (worst > 1 + 1e-9) return `The learning rate ${num(lr)} is above the limit 2/L = ${num(limit)}, so the run diverges: ${fate}. ${after}`;
    if (worst > 1 - 1e-9) return `The learning rate ${num(lr)} is the limit 2/L itself, so the steep direction jumps from side to side for ever: ${fate}. ${after}`;
    const needed = worst === 0 ? 1 : Math.ceil(Math.log(1e-6) / Math.log(worst));
    return `The learning rate ${num(lr)} is below the limit 2/L = ${num(limit)}, so the run converges: ${fate}. ${after} A millionth of the distance takes about ${needed} update${needed === 1 ? "" : "s"}.`;
  };
};
