// Chapter 6: both means start at 0, the mean of squares stays small for longer, and the ratio is off.
figures.adam = (figure) => {
  const TOTAL = 60;
  const streams = {
    constant: ["always 1", () => 1],
    noisy: ["1 with noise", (t, noise) => 1 + 0.6 * noise.normal()],
    turning: ["1, then −1 from update 31", (t) => (t <= 30 ? 1 : -1)],
    alternating: ["1, −1, 1, ...", (t) => (t % 2 ? 1 : -1)],
    rare: ["1 every tenth time, else 0", (t) => (t % 10 === 1 ? 1 : 0)],
    spike: ["0.1, and 3 at update 15", (t) => (t === 15 ? 3 : 0.1)],
    tiny: ["a millionth, always", () => 1e-6],
  };
  figure.choice("stream", "gradients", Object.fromEntries(Object.entries(streams).map(([key, [title]]) => [key, title])), "constant");
  figure.range("t", "update t", { min: 1, max: TOTAL, value: 3, step: 1 });
  figure.range("beta1", "β₁", { min: 0, max: 0.99, value: 0.9, step: 0.01 });
  figure.range("beta2", "β₂", { min: 0.5, max: 0.999, value: 0.999, step: 0.001 });
  figure.play("t", 1);

  const steps = figure.plot({ wide: true, height: 230, x: "update t", y: "step, in units of lr", label: "Steps with and without correction" });
  const means = figure.plot({ height: 210, x: "update t", y: "gradient g, mean m, corrected mean m̂", label: "Gradients and their mean" });
  const squares = figure.plot({ height: 210, x: "update t", y: "√v and corrected √v̂", label: "Roots of the mean square" });
  steps.handle({
    label: "Update",
    horizontal: true,
    step: TOTAL + 1,
    at: ({ t }) => [t, steps.yr[0]],
    move: (t) => ({ t: clamp(Math.round(t), 1, TOTAL) }),
    say: ({ t }) => `update ${t}`,
  });
  const [first, second] = [others[0], others[4]];

  figure.render = ({ stream, t, beta1, beta2 }) => {
    const noise = generator(4);
    let [theta, m, v] = [0, 0, 0];
    const rows = range(TOTAL).map((k) => {
      const g = streams[stream][1](k + 1, noise);
      const before = { theta, m, v };
      [theta, m, v] = library.rules.adam(theta, g, m, v, { t: k + 1, lr: 1, beta1, beta2 });
      const [c1, c2] = [1 - Math.pow(beta1, k + 1), 1 - Math.pow(beta2, k + 1)];
      const bare = m / (Math.sqrt(v) + 1e-8);
      return { t: k + 1, g, before, m, v, m_hat: m / c1, v_hat: v / c2, c1, c2, step: before.theta - theta, bare };
    });
    const now = rows[t - 1];
    const size = Math.max(...rows.map((r) => Math.max(Math.abs(r.g), Math.abs(r.m_hat), Math.sqrt(r.v_hat)))) * 1.12;
    const low = rows.some((r) => r.g < 0 || r.m_hat < 0) ? -size : 0;
    const curve = (plot, key, style) => plot.path(rows.map((r) => [r.t, key(r)]), style);
    const mark = (plot) => plot.path([[t, plot.yr[0]], [t, plot.yr[1]]], { width: 1, dash: "2 3", opacity: 0.7 });

    const yticks = size < 1e-3 ? [0, [1e-6, "10⁻⁶"]] : null;
    means.frame({ x: [0, TOTAL + 1], y: [low, size], yticks });
    for (const r of rows) means.path([[r.t, 0], [r.t, r.g]], { color: palette.sgd, width: 3, opacity: r.t === t ? 1 : 0.45 });
    curve(means, (r) => r.m, { color: first, width: 2, dash: "6 3" });
    curve(means, (r) => r.m_hat, { color: first, width: 2.5 });
    mark(means);
    means.text(8, rows[7].m, "m", { dx: 6, dy: 14 });
    means.text(TOTAL, rows[TOTAL - 1].m_hat, "m̂", { anchor: "end", dy: -8 });
    means.show();

    squares.frame({ x: [0, TOTAL + 1], y: [0, size], yticks });
    curve(squares, (r) => Math.sqrt(r.v), { color: second, width: 2, dash: "6 3" });
    curve(squares, (r) => Math.sqrt(r.v_hat), { color: second, width: 2.5 });
    mark(squares);
    squares.text(40, Math.sqrt(rows[39].v), "√v", { dy: 16 });
    squares.text(40, Math.sqrt(rows[39].v_hat), "√v̂", { dy: -8 });
    squares.show();

    const most = Math.max(1.3, ...rows.map((r) => Math.max(Math.abs(r.bare), Math.abs(r.step)))) * 1.1;
    const least = rows.some((r) => r.step < 0 || r.bare < 0) ? -most : 0;
    steps.frame({ x: [0, TOTAL + 1], y: [least, most] });
    steps.path([[0, 1], [TOTAL + 1, 1]], { width: 1, dash: "2 3", opacity: 0.6 });
    curve(steps, (r) => r.bare, { color: palette.sgd, width: 2, dash: "6 3" });
    curve(steps, (r) => r.step, { color: palette.adam, width: 2.5 });
    mark(steps);
    steps.text(20, rows[19].bare, "without correction", { dx: 4, dy: rows[19].bare >= 0 ? -8 : 16 });
    steps.text(TOTAL, rows[TOTAL - 1].step, "Adam", { anchor: "end", dy: rows[TOTAL - 1].step >= 0 ? 16 : -8 });
    steps.show();

    const { g, before } = now;
    const p = (x) => (x < 0 ? `(${num(x)})` : num(x));
    return `Update ${t}: m = ${num(beta1)} · ${p(before.m)} + ${num(1 - beta1)} · ${p(g)} = ${num(now.m)}, and m̂ = m / ${num(now.c1)} = ${num(now.m_hat)}. v = ${num(beta2)} · ${num(before.v)} + ${num(1 - beta2)} · ${p(g)}² = ${num(now.v)}, and v̂ = v / ${num(now.c2)} = ${num(now.v_hat)}. The step is ${num(now.step)} lr; without the two corrections it would be ${num(now.bare)} lr, ${num(now.c1 / Math.sqrt(now.c2))} times as long.`;
  };
};
