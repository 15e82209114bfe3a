"""Planted mistakes of the lesson on data, and other right solutions."""

from nnedu.lesson import Alternative, Mistake

MISTAKES = [
    Mistake(
        task="standardise",
        name="by_the_new_examples",
        caught_by=("check_standardise_values", "check_standardise_constant"),
        hint="You measure mean and deviation on the examples that you transform. They belong to "
        "the training examples: two new rows are no sample, and in use they may come one by "
        "one.",
        code="""
def standardise(x_train, x):
    deviation = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
""",
    ),
    Mistake(
        task="standardise",
        name="divided_by_n_minus_1",
        caught_by=("check_standardise_values", "check_standardise_train"),
        hint="Your variance is divided by N - 1. The text divides by N, as NumPy's std does unless"
        " you ask for something else.",
        code="""
def standardise(x_train, x):
    N = len(x_train)
    deviation = x_train.std(axis=0) * np.sqrt(N / (N - 1))
    scaled = (x - x_train.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return np.where(deviation > 0, scaled, 0.0)
""",
    ),
    Mistake(
        task="standardise",
        name="divided_by_the_variance",
        caught_by=("check_standardise_values", "check_standardise_train"),
        hint="You divide by the variance. Its root has the feature's unit.",
        code="""
def standardise(x_train, x):
    variance = x_train.var(axis=0)
    scaled = (x - x_train.mean(axis=0)) / np.where(variance > 0, variance, 1.0)
    return np.where(variance > 0, scaled, 0.0)
""",
    ),
    Mistake(
        task="standardise",
        name="constant_feature_left_alone",
        caught_by="check_standardise_constant",
        hint="A feature that was constant in training comes out of yours with its difference from "
        "the mean. Nothing is known of its scale, so the text asks for 0.",
        code="""
def standardise(x_train, x):
    deviation = x_train.std(axis=0)
    return (x - x_train.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
""",
    ),
    Mistake(
        task="zca",
        name="pca_instead",
        caught_by="check_zca_matrix",
        hint="This is PCA whitening: the last V^T, which turns back to the original axes, is "
        "missing.",
        code="""
def zca(x, eps):
    centred = x - x.mean(axis=0)
    d, V = np.linalg.eigh(centred.T @ centred / len(x))
    return V / np.sqrt(d + eps)
""",
    ),
    Mistake(
        task="zca",
        name="eps_outside_the_root",
        caught_by=("check_zca_matrix", "check_zca_white", "check_zca_diagonal"),
        hint="You add eps to the standard deviations. It belongs to the variances, under the root.",
        code="""
def zca(x, eps):
    centred = x - x.mean(axis=0)
    d, V = np.linalg.eigh(centred.T @ centred / len(x))
    return (V / (np.sqrt(d) + eps)) @ V.T
""",
    ),
    Mistake(
        task="zca",
        name="not_centred",
        caught_by=("check_zca_matrix", "check_zca_white"),
        hint="You forgot to subtract the mean before taking products: what you use are second "
        "moments, and they are the covariance only where the mean is 0.",
        code="""
def zca(x, eps):
    d, V = np.linalg.eigh(x.T @ x / len(x))
    return (V / np.sqrt(d + eps)) @ V.T
""",
    ),
    Mistake(
        task="zca",
        name="standardises_only",
        caught_by=("check_zca_matrix", "check_zca_white"),
        hint="You use the variances of the features alone, which leaves their correlations in "
        "place. The variances d are those along the eigenvectors.",
        code="""
def zca(x, eps):
    return np.diag(1 / np.sqrt(x.var(axis=0) + eps))
""",
    ),
    Mistake(
        task="stratified",
        name="every_class_starts_at_zero",
        caught_by=("check_stratified_folds", "check_stratified_sizes"),
        hint="You start each class at fold 0 again. With many small classes fold 0 would collect "
        "all the leftovers: go on after the fold that the last class ended with.",
        code="""
def stratified(labels, folds):
    fold = np.empty(len(labels), dtype=int)
    for c in np.unique(labels):
        places = np.flatnonzero(labels == c)
        fold[places] = np.arange(len(places)) % folds
    return fold
""",
    ),
    Mistake(
        task="stratified",
        name="labels_ignored",
        caught_by=("check_stratified_folds", "check_stratified_classes"),
        hint="You deal the examples out in their order and never look at the labels. A rare class "
        "can then be missing in a fold.",
        code="""
def stratified(labels, folds):
    return np.arange(len(labels)) % folds
""",
    ),
    Mistake(
        task="stratified",
        name="cut_instead_of_dealt",
        caught_by=("check_stratified_folds", "check_stratified_classes", "check_stratified_even"),
        hint="You sort by label and cut the row into pieces, so that each fold holds one or two "
        "classes. Dealing one by one spreads every class over all folds.",
        code="""
def stratified(labels, folds):
    fold = np.empty(len(labels), dtype=int)
    order = np.argsort(labels, kind="stable")
    fold[order] = np.arange(len(labels)) * folds // len(labels)
    return fold
""",
    ),
    Mistake(
        task="stratified",
        name="order_of_appearance",
        caught_by="check_stratified_folds",
        hint="You take the classes in the order in which they first appear. The text starts with "
        "the smallest label.",
        code="""
def stratified(labels, folds):
    _, first = np.unique(labels, return_index=True)
    order = np.concatenate([np.flatnonzero(labels == labels[i]) for i in np.sort(first)])
    fold = np.empty(len(labels), dtype=int)
    fold[order] = np.arange(len(labels)) % folds
    return fold
""",
    ),
    Mistake(
        task="weighted_loss",
        name="divided_by_the_weights",
        caught_by=("check_weighted_loss_value", "check_weighted_loss_gradient"),
        hint="You divide by the sum of the weights, as PyTorch does. The formula divides by N.",
        code="""
def weighted_loss(logits, labels, weights):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows, w = np.arange(len(labels)), weights[labels]
    gradient = np.exp(log_p)
    gradient[rows, labels] -= 1
    return -np.sum(w * log_p[rows, labels]) / w.sum(), gradient * w[:, None] / w.sum()
""",
    ),
    Mistake(
        task="weighted_loss",
        name="gradient_without_weights",
        caught_by="check_weighted_loss_gradient",
        hint="Your loss is weighted and your gradient is not: training would never hear of the "
        "weights.",
        code="""
def weighted_loss(logits, labels, weights):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows, w = np.arange(len(labels)), weights[labels]
    gradient = np.exp(log_p)
    gradient[rows, labels] -= 1
    return -np.mean(w * log_p[rows, labels]), gradient / len(labels)
""",
    ),
    Mistake(
        task="weighted_loss",
        name="weight_of_each_column",
        caught_by="check_weighted_loss_gradient",
        hint="You multiply each column of the gradient by its own class's weight. The weight "
        "belongs to the example, through its label: the same for the whole row.",
        code="""
def weighted_loss(logits, labels, weights):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows, w = np.arange(len(labels)), weights[labels]
    gradient = np.exp(log_p)
    gradient[rows, labels] -= 1
    return -np.mean(w * log_p[rows, labels]), gradient * weights / len(labels)
""",
    ),
    Mistake(
        task="weighted_loss",
        name="overflows",
        caught_by="check_weighted_loss_large",
        hint="exp(1000) is infinite, and infinity divided by infinity is not a number. Subtract "
        "each row's maximum first: it changes no probability.",
        code="""
def weighted_loss(logits, labels, weights):
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rows, w = np.arange(len(labels)), weights[labels]
    gradient = p.copy()
    gradient[rows, labels] -= 1
    return -np.mean(w * np.log(p[rows, labels])), gradient * w[:, None] / len(labels)
""",
    ),
    Mistake(
        task="find_leak",
        name="folds_of_people_ignored",
        caught_by="check_find_leak_words",
        hint="You call every high score on shuffled labels a selection. Row 3 tells selection from"
        " copies: folds of whole people end the second and not the first.",
        code="""
def find_leak(scores):
    reported, later, shuffled, apart = scores.mean(axis=1)
    inflation = float(reported - later)
    if shuffled > 0.7:
        return "selection", inflation
    return ("target" if inflation > 0.1 else "none"), inflation
""",
    ),
    Mistake(
        task="find_leak",
        name="shuffled_labels_only",
        caught_by=("check_find_leak_words", "check_find_leak_harmless"),
        hint="You acquit every pipeline that passes the test with shuffled labels. A feature made "
        "from the true labels passes it too; what it cannot do is score as well a year later.",
        code="""
def find_leak(scores):
    reported, later, shuffled, apart = scores.mean(axis=1)
    inflation = float(reported - later)
    if apart > 0.7:
        return "selection", inflation
    return ("copies" if shuffled > 0.7 else "none"), inflation
""",
    ),
    Mistake(
        task="find_leak",
        name="copies_and_selection_swapped",
        caught_by="check_find_leak_words",
        hint="You have swapped selection and copies: a choice of features made with all labels is "
        "there whichever way the folds are made.",
        code="""
def find_leak(scores):
    reported, later, shuffled, apart = scores.mean(axis=1)
    inflation = float(reported - later)
    if apart > 0.7:
        return "copies", inflation
    if shuffled > 0.7:
        return "selection", inflation
    return ("target" if inflation > 0.1 else "none"), inflation
""",
    ),
    Mistake(
        task="find_leak",
        name="inflation_against_shuffled_labels",
        caught_by=("check_find_leak_inflation", "check_find_leak_harmless"),
        hint="You subtract the score on shuffled labels, which says what can be had out of "
        "nothing. The inflation is measured against new people with true labels, row 1.",
        code="""
def find_leak(scores):
    reported, later, shuffled, apart = scores.mean(axis=1)
    inflation = float(reported - shuffled)
    if apart > 0.7:
        return "selection", inflation
    if shuffled > 0.7:
        return "copies", inflation
    return ("target" if reported - later > 0.1 else "none"), inflation
""",
    ),
    Mistake(
        task="coral",
        name="matrices_swapped",
        caught_by=("check_coral_values", "check_coral_covariance"),
        hint="You colour first and whiten afterwards. With rows as examples the leftmost matrix "
        "acts first: whiten the source, then give it the target's covariance.",
        code="""
def coral(source, target, eps):
    centred = target - target.mean(axis=0)
    d, V = np.linalg.eigh(centred.T @ centred / len(target))
    colour = (V * np.sqrt(d + eps)) @ V.T
    return (source - source.mean(axis=0)) @ colour @ zca(source, eps) + target.mean(axis=0)
""",
    ),
    Mistake(
        task="coral",
        name="mean_of_the_source_kept",
        caught_by=("check_coral_values", "check_coral_one"),
        hint="Your examples keep the source's mean. They are to lie where the target lies.",
        code="""
def coral(source, target, eps):
    centred = target - target.mean(axis=0)
    d, V = np.linalg.eigh(centred.T @ centred / len(target))
    colour = (V * np.sqrt(d + eps)) @ V.T
    return (source - source.mean(axis=0)) @ zca(source, eps) @ colour + source.mean(axis=0)
""",
    ),
    Mistake(
        task="coral",
        name="turned_by_cholesky",
        caught_by="check_coral_values",
        hint="Your examples have the right covariance and are turned: a triangular factor is not "
        "the symmetric root. Every root gives that covariance; the text asks for the "
        "symmetric one.",
        code="""
def coral(source, target, eps):
    centred = target - target.mean(axis=0)
    C = centred.T @ centred / len(target) + eps * np.eye(target.shape[1])
    colour = np.linalg.cholesky(C).T
    return (source - source.mean(axis=0)) @ zca(source, eps) @ colour + target.mean(axis=0)
""",
    ),
    Mistake(
        task="coral",
        name="deviations_only",
        caught_by=("check_coral_values", "check_coral_covariance"),
        hint="You match the features' standard deviations one by one, and their correlations stay "
        "the source's.",
        code="""
def coral(source, target, eps):
    scale = np.sqrt((target.var(axis=0) + eps) / (source.var(axis=0) + eps))
    return (source - source.mean(axis=0)) * scale + target.mean(axis=0)
""",
    ),
    Mistake(
        task="label_new",
        name="drift_ignored",
        caught_by="check_label_new_score",
        hint="You compare this year's numbers with last year's as if the instruments had not "
        "changed.",
        code="""
def label_new(x_train, y_train, x_new):
    apart = ((x_new[:, None] - x_train) ** 2).sum(axis=2)
    return y_train[apart.argmin(axis=1)]
""",
    ),
    Mistake(
        task="label_new",
        name="by_last_years_numbers",
        caught_by="check_label_new_score",
        hint="You standardise the new examples by last year's means and deviations. That is right "
        "as long as nothing drifts; here the new examples have to be measured themselves.",
        code="""
def label_new(x_train, y_train, x_new):
    z_train, z_new = standardise(x_train, x_train), standardise(x_train, x_new)
    centres = np.stack([z_train[y_train == c].mean(axis=0) for c in range(8)])
    return ((z_new[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
""",
    ),
    Mistake(
        task="label_new",
        name="labels_are_floats",
        caught_by="check_label_new_without_drift",
        hint="Your labels are floats. The text asks for integers: np.zeros makes floats unless you"
        " say dtype=int.",
        code="""
def label_new(x_train, y_train, x_new):
    z_train, z_new = standardise(x_train, x_train), standardise(x_new, x_new)
    labels = np.zeros(len(x_new))
    for n, z in enumerate(z_new):
        labels[n] = y_train[((z_train - z) ** 2).sum(axis=1).argmin()]
    return labels
""",
    ),
    Mistake(
        task="label_new",
        name="offsets_only",
        caught_by="check_label_new_score",
        hint="You undo the offsets and leave the gains: an instrument whose gain has grown now "
        "drowns the others.",
        code="""
def label_new(x_train, y_train, x_new):
    z_train, z_new = x_train - x_train.mean(axis=0), x_new - x_new.mean(axis=0)
    centres = np.stack([z_train[y_train == c].mean(axis=0) for c in range(8)])
    return ((z_new[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
""",
    ),
]

ALTERNATIVES = [
    Alternative(
        task="standardise",
        name="feature_by_feature",
        code="""
def standardise(x_train, x):
    out = np.zeros_like(x)
    for i in range(x.shape[1]):
        column = x_train[:, i]
        deviation = np.sqrt(np.mean((column - column.mean()) ** 2))
        if deviation > 0:
            out[:, i] = (x[:, i] - column.mean()) / deviation
    return out
""",
    ),
    Alternative(
        task="zca",
        name="by_singular_values",
        code="""
def zca(x, eps):
    _, s, Vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return Vt.T @ np.diag(1 / np.sqrt(s**2 / len(x) + eps)) @ Vt
""",
    ),
    Alternative(
        task="stratified",
        name="with_a_counter",
        code="""
def stratified(labels, folds):
    fold, next_fold = [0] * len(labels), 0
    for c in sorted(set(labels.tolist())):
        for place, label in enumerate(labels):
            if label == c:
                fold[place] = next_fold
                next_fold = (next_fold + 1) % folds
    return np.array(fold)
""",
    ),
    Alternative(
        task="weighted_loss",
        name="with_one_hot_labels",
        code="""
def weighted_loss(logits, labels, weights):
    q = np.eye(logits.shape[1])[labels]
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    w = q @ weights
    loss = -(w * np.log((q * p).sum(axis=1))).mean()
    return loss, w[:, None] * (p - q) / len(labels)
""",
    ),
    Alternative(
        task="find_leak",
        name="a_table_of_words",
        code="""
def find_leak(scores):
    means = np.mean(scores, axis=1)
    words = {(0, 0): "none", (1, 0): "copies", (1, 1): "selection"}
    word = words[int(means[2] > 0.68), int(means[3] > 0.68)]
    inflation = float(np.mean(scores[0] - scores[1]))
    return ("target" if word == "none" and inflation > 0.25 else word), inflation
""",
    ),
    Alternative(
        task="coral",
        name="by_singular_values",
        code="""
def coral(source, target, eps):
    def power(x, p):
        _, s, Vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
        return Vt.T @ np.diag((s**2 / len(x) + eps) ** p) @ Vt

    mapped = (source - np.mean(source, axis=0)) @ power(source, -0.5) @ power(target, 0.5)
    return mapped + np.mean(target, axis=0)
""",
    ),
    Alternative(
        task="label_new",
        name="nearest_neighbour_on_matched_scales",
        code="""
def label_new(x_train, y_train, x_new):
    back = (x_new - x_new.mean(axis=0)) / x_new.std(axis=0) * x_train.std(axis=0)
    back = back + x_train.mean(axis=0)
    apart = ((back[:, None] - x_train) ** 2).sum(axis=2)
    return y_train[apart.argmin(axis=1)]
""",
    ),
]
