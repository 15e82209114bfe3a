"""One line that fits the capstone to the machine: data, size, epochs and precision."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from nnedu._typing import Array
from nnedu.capstone.model import classifier
from nnedu.capstone.recipe import Batches, Recipe, optimizer_of
from nnedu.data import Images, load_digits, load_images
from nnedu.device import Device, find_device


@dataclass(frozen=True)
class Capstone:
    """A data set and a size: what :func:`choose` answers.

    Attributes
    ----------
    name : str
        Of the data.
    x_train, x_val, x_test : float32 arrays, shape (N, H, W, channels)
        Pixels in [0, 1].
    y_train, y_val, y_test : int arrays, shape (N,)
    widths, blocks, heads
        Of the network, see :func:`classifier`.
    batch, epochs : int
    lr : float
        The top of Adam's schedule.
    most : int
        Pixels by which augmentation moves an image.
    recipe : Recipe
        The full one, for these data.
    policy : str
        Keras's dtype policy: arithmetic in 16 bits where the device is made for it.
    note : str
        One honest line: what was found and what follows.
    """

    name: str
    x_train: Array
    y_train: Array
    x_val: Array
    y_val: Array
    x_test: Array
    y_test: Array
    widths: tuple[int, ...]
    blocks: int
    heads: int
    batch: int
    epochs: int
    lr: float
    most: int
    recipe: Recipe
    policy: str
    note: str

    @property
    def classes(self) -> int:
        """How many there are in the training data."""
        return int(self.y_train.max()) + 1

    def updates(self, epochs: int | None = None) -> int:
        """Updates in so many epochs; in all of them by default."""
        return (len(self.x_train) // self.batch) * (self.epochs if epochs is None else epochs)

    def model(self, recipe: Recipe | None = None, *, seed: int) -> Any:
        """A network of this size with the first weights that belong to a seed; not compiled."""
        recipe = self.recipe if recipe is None else recipe
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(self.policy)
        try:
            keras.utils.set_random_seed(seed)
            return classifier(
                self.x_train.shape[1:],
                self.classes,
                widths=self.widths,
                blocks=self.blocks,
                heads=self.heads,
                residual=recipe.residual,
                attention=recipe.attention,
                normalise=recipe.normalise,
            )
        finally:
            keras.config.set_dtype_policy(before)

    def batches(self, recipe: Recipe | None = None, *, seed: int) -> Batches:
        """The training batches of a seed, augmented as the recipe says."""
        recipe = self.recipe if recipe is None else recipe
        return Batches(
            self.x_train,
            self.y_train,
            size=self.batch,
            seed=seed,
            most=self.most if recipe.shift else 0,
            mirrored=0.5 if recipe.flip else 0.0,
        )

    def compile(
        self,
        model: Any,
        recipe: Recipe | None = None,
        *,
        lr: float | None = None,
        epochs: int | None = None,
    ) -> None:
        """Give a model the recipe's optimizer, for a run of so many epochs, and the loss."""
        recipe = self.recipe if recipe is None else recipe
        lr = self.lr if lr is None else lr
        model.compile(
            optimizer_of(recipe, lr, total=self.updates(epochs)),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )


def choose(device: Device | None = None, *, seed: int = 0) -> Capstone:
    """The capstone for this machine: CIFAR-10 on a GPU, the digits on a CPU.

    Parameters
    ----------
    device : Device, optional
        Such as ``find_device([Gpu("A100", (8, 0))])``, to see what would be picked elsewhere. By
        default what :func:`nnedu.device.find_device` finds.
    seed : int
        Of the split.

    Returns
    -------
    Capstone
        ``print`` its ``note``. Where CIFAR-10 cannot be loaded, the digits, and the note says so.
    """
    device = find_device() if device is None else device
    if device.kind == "cpu":
        return digits(f"{device}", seed=seed)
    images = load_images("cifar10")
    if images.note:
        return digits(f"{device} But {images.note}", seed=seed)
    return photographs(images, device, seed=seed)


def digits(note: str = "", *, seed: int = 0) -> Capstone:
    """The size for a CPU: the 1,797 digits of scikit-learn, under a minute.

    Parameters
    ----------
    note : str
    seed : int
        Of the split.

    Returns
    -------
    Capstone
    """
    data = load_digits(seed=seed, dtype=np.float32)
    shape = (-1, 8, 8, 1)
    return Capstone(
        name="digits",
        x_train=data.x_train.reshape(shape),
        y_train=data.y_train,
        x_val=data.x_val.reshape(shape),
        y_val=data.y_val,
        x_test=data.x_test.reshape(shape),
        y_test=data.y_test,
        widths=(12, 24),
        blocks=1,
        heads=2,
        batch=64,
        epochs=12,
        lr=0.03,
        most=1,
        recipe=Recipe(),
        policy="float32",
        note=note,
    )


def photographs(images: Images, device: Device, *, seed: int = 0) -> Capstone:
    """The size for a GPU: CIFAR-10, or images of its kind.

    Parameters
    ----------
    images : Images
        A tenth of the training images becomes the validation part.
    device : Device
        Says the precision, and how many GPUs share a batch.
    seed : int
        Of the split.

    Returns
    -------
    Capstone
    """
    order = np.random.default_rng(seed).permutation(len(images.x_train))
    val, train = np.split(order, [len(order) // 10])
    return Capstone(
        name=images.name,
        x_train=images.x_train[train],
        y_train=images.y_train[train],
        x_val=images.x_train[val],
        y_val=images.y_train[val],
        x_test=images.x_test,
        y_test=images.y_test,
        widths=(64, 128, 256),
        blocks=2,
        heads=8,
        batch=256,
        epochs=60,
        lr=0.001,
        most=4,
        recipe=Recipe(flip=True),
        policy=device.policy,
        note=f"{device}",
    )
