// Dense layers with tanh between them and softmax cross-entropy at the end; rows are examples, and
// all parameters lie in one vector: weights, row by row, and biases, layer after layer.
function perceptron(sizes, activation = "tanh") {
  const layers = sizes.slice(1).map((to, l) => ({ from: sizes[l], to }));
  let count = 0;
  for (const layer of layers) {
    layer.at = count;
    count += (layer.from + 1) * layer.to;
  }
  const bend = activation === "relu" ? (a) => (a > 0 ? a : 0) : Math.tanh;
  const slope = activation === "relu" ? (h) => (h > 0 ? 1 : 0) : (h) => 1 - h * h;

  // What a layer hands on, for one example; masks scale hidden units (dropout) where there are any.
  const forward = (theta, x, masks) => {
    const kept = [x];
    layers.forEach(({ from, to, at }, l) => {
      const input = kept[l];
      const out = new Float64Array(to);
      for (let j = 0; j < to; j += 1) {
        let sum = theta[at + from * to + j];
        for (let i = 0; i < from; i += 1) sum += input[i] * theta[at + i * to + j];
        out[j] = l + 1 < layers.length ? bend(sum) : sum;
      }
      if (masks && l + 1 < layers.length) {
        kept.bare = kept.bare || [];
        kept.bare[l] = out.slice();
        for (let j = 0; j < to; j += 1) out[j] *= masks[l][j];
      }
      kept.push(out);
    });
    return kept;
  };

  const softmax = (z) => {
    const top = Math.max(...z);
    const powers = Array.from(z, (each) => Math.exp(each - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    return { p: powers.map((each) => each / sum), log: (c) => z[c] - top - Math.log(sum) };
  };

  // The mean loss of examples, and its gradient where one is asked for.
  const objective = (theta, xs, ys, { masks = null, gradient = true } = {}) => {
    const d = gradient ? new Float64Array(count) : null;
    let loss = 0;
    xs.forEach((x, n) => {
      const mask = masks && masks[n];
      const kept = forward(theta, x, mask);
      const { p, log } = softmax(kept[layers.length]);
      loss -= log(ys[n]) / xs.length;
      if (!gradient) return;
      let back = p.map((each, c) => (each - (c === ys[n] ? 1 : 0)) / xs.length);
      for (let l = layers.length - 1; l >= 0; l -= 1) {
        const { from, to, at } = layers[l];
        const input = kept[l];
        const next = new Float64Array(from);
        for (let j = 0; j < to; j += 1) {
          d[at + from * to + j] += back[j];
          for (let i = 0; i < from; i += 1) {
            d[at + i * to + j] += input[i] * back[j];
            next[i] += theta[at + i * to + j] * back[j];
          }
        }
        if (l > 0) {
          for (let i = 0; i < from; i += 1) {
            if (mask) next[i] *= mask[l - 1][i] * slope(kept.bare[l - 1][i]);
            else next[i] *= slope(input[i]);
          }
        }
        back = next;
      }
    });
    return { loss, d };
  };

  const outputs = (theta, x) => forward(theta, x)[layers.length];
  const predict = (theta, x) => softmax(outputs(theta, x)).p;
  const accuracy = (theta, xs, ys) => {
    const right = xs.filter((x, n) => {
      const z = outputs(theta, x);
      return z.indexOf(Math.max(...z)) === ys[n];
    });
    return right.length / xs.length;
  };
  // Weights with the variance 1 / inputs, biases 0.
  const init = (noise) => {
    const theta = new Float64Array(count);
    for (const { from, to, at } of layers) for (let k = 0; k < from * to; k += 1) theta[at + k] = noise.normal() / Math.sqrt(from);
    return theta;
  };
  return { count, layers, objective, predict, outputs, accuracy, init };
}
