// Chapters 14 and 15: most weights, and most bits of the rest, can go before the answers change.
figures.compress = (figure) => {
  const FLOAT = 9;
  const sizes = [64, digitReader.hidden, 10];
  const net = perceptron(sizes, "relu");
  const labels = Array.from(digitReader.labels, Number);
  const digits = labels.map((_, n) => range(64).map((k) => (digitReader.pixels.charCodeAt(64 * n + k) - 97) / 16));
  const theta = digitReader.theta;
  const weights = net.layers.map(({ from, to, at }) => range(from * to).map((k) => at + k));
  const every = weights.flat();
  const magnitudes = every.map((k) => Math.abs(theta[k])).sort((a, b) => a - b);
  const most = magnitudes[magnitudes.length - 1];

  figure.range("sparsity", "pruned, the smallest first", { min: 0, max: 0.98, value: 0.5, step: 0.01, show: (s) => `${num(100 * s)} %` });
  figure.range("bits", "bits of a weight", { min: 2, max: FLOAT, value: 4, step: 1, show: (b) => (b === FLOAT ? "32, a float" : String(b)) });
  figure.choice("scale", "one scale", { tensor: "for each layer", channel: "for each unit" }, "channel");

  const tiles = figure.plot({ square: true, bare: true, canvas: true, y: "weights from the 8 × 8 pixels into each hidden unit", label: "The first layer's weights", margin: { left: 4, right: 4, bottom: 8 } });
  const spread = figure.plot({ height: 200, x: "weight", y: "weights, by size (drag the threshold)", label: "Histogram of the weights" });
  const curve = figure.plot({ height: 210, x: "pruned, per cent", y: "digits read rightly, per cent", label: "Accuracy against the share that is pruned" });

  // The threshold below which weights go; ties stay.
  const threshold = (sparsity) => {
    const stay = Math.max(py.rint((1 - sparsity) * every.length), 1);
    return magnitudes[every.length - stay];
  };
  const share = (limit) => magnitudes.filter((m) => m < limit).length / every.length;
  spread.handle({
    label: "Threshold",
    horizontal: true,
    at: ({ sparsity }) => [threshold(sparsity), 0],
    move: (x) => ({ sparsity: clamp(Math.round(100 * share(Math.abs(x))) / 100, 0, 0.98) }),
    say: ({ sparsity }) => `${num(threshold(sparsity))}, ${num(100 * sparsity)} per cent below`,
  });
  curve.handle({
    label: "Share that is pruned",
    horizontal: true,
    step: 49,
    at: ({ sparsity }) => [100 * sparsity, curve.yr[0]],
    move: (x) => ({ sparsity: clamp(Math.round(x) / 100, 0, 0.98) }),
    say: ({ sparsity }) => `${num(100 * sparsity)} per cent`,
  });

  // Weights on the symmetric grid of a scale, and back: what the integers stand for.
  const onGrid = (values, bits) => {
    const top = Math.pow(2, bits - 1) - 1;
    const scale = Math.max(...values.map(Math.abs)) / top || 1;
    return values.map((w) => clamp(py.rint(w / scale), -top, top) * scale);
  };
  const kept = {};
  const smaller = (sparsity, bits, scale) => {
    const key = [sparsity, bits, scale].join();
    if (kept[key]) return kept[key];
    const limit = threshold(sparsity);
    const made = Float64Array.from(theta);
    for (const k of every) if (Math.abs(made[k]) < limit) made[k] = 0;
    const stay = every.filter((k) => made[k] !== 0).length;
    let scales = 0;
    if (bits < FLOAT) {
      net.layers.forEach(({ to }, l) => {
        const groups = scale === "tensor" ? [weights[l]] : range(to).map((j) => weights[l].filter((_, k) => k % to === j));
        for (const group of groups) onGrid(group.map((k) => made[k]), bits).forEach((w, k) => { made[group[k]] = w; });
        scales += groups.length;
      });
    }
    const width = bits === FLOAT ? 32 : bits;
    const dense = (every.length * width) / 8;
    const sparse = (stay * width + every.length) / 8;
    const rest = 4 * (net.count - every.length + scales);
    const bytes = Math.ceil(Math.min(dense, sparse)) + rest;
    kept[key] = { made, stay, bytes, right: 100 * net.accuracy(made, digits, labels), sparse: sparse < dense };
    return kept[key];
  };
  const whole = 4 * net.count;

  figure.render = ({ sparsity, bits, scale }) => {
    const now = smaller(sparsity, bits, scale);
    const full = smaller(0, FLOAT, "tensor");
    const limit = threshold(sparsity);

    const across = 5;
    const down = Math.ceil(digitReader.hidden / across);
    const side = 9;
    tiles.frame({ x: [0, across * side], y: [0, down * side], xticks: [], yticks: [] });
    tiles.paint(across * side, down * side, (x, y) => {
      const [a, b] = [Math.floor(x), Math.floor(down * side - y)];
      const [i, j] = [a % side, b % side];
      const unit = Math.floor(a / side) + across * Math.floor(b / side);
      if (i === 8 || j === 8 || unit >= digitReader.hidden) return [others[5], 0];
      const w = now.made[(8 * j + i) * digitReader.hidden + unit];
      return w === 0 ? [others[5], 0.08] : [w > 0 ? others[0] : others[1], 0.2 + (0.8 * Math.abs(w)) / (0.6 * most)];
    });
    tiles.show();

    const bins = 61;
    const counts = Array(bins).fill(0);
    const place = (w) => clamp(Math.floor(((w + most) / (2 * most)) * bins), 0, bins - 1);
    for (const k of every) counts[place(theta[k])] += 1;
    const high = Math.max(...counts);
    spread.frame({ x: [-most, most], y: [0, high * 1.05], yticks: [] });
    counts.forEach((count, b) => {
      const [from, to] = [b, b + 1].map((each) => -most + (2 * most * each) / bins);
      const cut = Math.abs((from + to) / 2) < limit;
      spread.rect([from, to], [0, count], { color: cut ? palette.sgd : others[0], opacity: cut ? 0.35 : 0.85 });
    });
    for (const edge of [-limit, limit]) spread.path([[edge, 0], [edge, high * 1.05]], { width: 1.5, dash: "3 3" });
    if (bits < 6) {
      const levels = new Set(weights[0].filter((k) => scale === "tensor" || k % digitReader.hidden === 0).map((k) => now.made[k]));
      for (const level of levels) spread.path([[level, high], [level, high * 1.05]], { color: others[4], width: 2.5 });
    }
    spread.show();

    const shares = [...range(19).map((k) => k / 20), 0.92, 0.94, 0.96, 0.98];
    curve.frame({ x: [0, 100], y: [0, 100] });
    curve.path(shares.map((s) => [100 * s, smaller(s, FLOAT, scale).right]), { color: palette.sgd, width: 2, dash: "6 3" });
    curve.path(shares.map((s) => [100 * s, smaller(s, bits, scale).right]), { color: others[0], width: 2.5 });
    curve.path([[100 * sparsity, 0], [100 * sparsity, now.right]], { width: 1, dash: "2 3" });
    curve.dots([[100 * sparsity, now.right]], { color: others[0], r: 5 });
    curve.text(3, 40, bits === FLOAT ? "floats" : `solid: ${bits} bits, dashed: floats`);
    curve.show();

    const width = bits === FLOAT ? "floats of 32 bits" : `integers of ${bits} bits with one scale ${scale === "tensor" ? "for each layer" : "for each unit"}`;
    const size = now.bytes < whole ? `${num(now.bytes, 4)} bytes in place of ${num(whole, 4)}, ${num(whole / now.bytes)} times fewer` : `${num(whole, 4)} bytes`;
    const how = now.sparse ? ", and one bit a weight says which" : ", the pruned ones stored as zeros";
    return `${now.stay} of ${every.length} weights remain, as ${width}${sparsity ? how : ""}: ${size}. Of ${labels.length} digits that were not trained on, ${num(now.right)}\u00a0% are read rightly; with all weights as floats it was ${num(full.right)}\u00a0%.`;
  };
};
