"""Linear classifiers, trained by stochastic gradient descent."""

import numpy as np

from cs231n_lib.classifiers._shared import load_state, normal, save_state
from cs231n_lib.classifiers.linear_svm import svm_loss_vectorized
from cs231n_lib.classifiers.softmax import softmax_loss_vectorized

__all__ = ["LinearClassifier", "LinearSVM", "Softmax"]


class LinearClassifier:
    """Score each class by a weighted sum of the features; `LinearSVM` and `Softmax` say what a good score is.

    Attributes
    ----------
    W : ndarray of shape (D, C) or None
        None until `train` draws it.

    Notes
    -----
    There is no bias: append a feature that is always 1.
    """

    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        """Go down the gradient of random minibatches. Called again, it goes on.

        Parameters
        ----------
        X : ndarray of shape (N, D)
        y : ndarray of int of shape (N,)
            Classes from 0; the largest one says how many there are.
        learning_rate : float
        reg : float
            Weight of the squares of ``W``.
        num_iters : int
        batch_size : int
            Examples in a minibatch, drawn with replacement.
        verbose : bool
            Print the loss every 100 iterations.

        Returns
        -------
        loss_history : list of float
            The loss of each minibatch.

        Notes
        -----
        The first weights, normal with deviation 0.001, and the minibatches come from NumPy's global generator.
        """
        if self.W is None:
            self.W = 0.001 * normal(X.shape[1], y.max() + 1)
        loss_history = []
        for it in range(num_iters):
            batch = np.random.choice(len(X), batch_size)  # noqa: NPY002 - as the weights, see Notes
            loss, dW = self.loss(X[batch], y[batch], reg)
            self.W = self.W - learning_rate * dW
            loss_history.append(float(loss))
            if verbose and it % 100 == 0:
                print(f"iteration {it} / {num_iters}: loss {loss:f}")
        return loss_history

    def predict(self, X):
        """Return the class of the highest score for each example.

        Parameters
        ----------
        X : ndarray of shape (N, D)

        Returns
        -------
        y_pred : ndarray of int of shape (N,)

        Raises
        ------
        ValueError
            If the classifier has not been trained.
        """
        if self.W is None:
            raise ValueError("`W` must be trained (got None). Call train or load first.")
        return (X @ self.W).argmax(axis=1)

    def loss(self, X_batch, y_batch, reg):
        """Return the loss and its gradient with respect to `W`; each kind of classifier has its own.

        Parameters
        ----------
        X_batch : ndarray of shape (N, D)
        y_batch : ndarray of int of shape (N,)
        reg : float
            Weight of the squares of ``W``.

        Returns
        -------
        loss : float
        dW : ndarray of shape (D, C)

        Raises
        ------
        NotImplementedError
            If it is not one of the kinds.
        """
        raise NotImplementedError("`loss` must be defined by the kind of classifier. Use LinearSVM or Softmax.")

    def save(self, fname):
        """Save `W`.

        Parameters
        ----------
        fname : str or Path
            A name in the folder ``saved`` of the working directory, which is made, or an absolute path. The file
            is one of `cs231n_lib.checkpoint`, whatever its name ends in.
        """
        save_state(fname, {"params": {"W": self.W}})

    def load(self, fname):
        """Load what `save` has saved.

        Parameters
        ----------
        fname : str or Path

        Returns
        -------
        found : bool
            False if there is no such file.

        Raises
        ------
        ValueError
            If the file is damaged, or of another kind of model.
        """
        state = load_state(fname, ["W"])
        if state is not None:
            self.W = state["params"]["W"]
        return state is not None


class LinearSVM(LinearClassifier):
    """A linear classifier with the loss of a support vector machine.

    Examples
    --------
    Two classes on a line, and a feature that is always 1:

    >>> import numpy as np
    >>> X, y = np.array([[-3.0, 1.0], [-1.0, 1.0], [1.0, 1.0], [3.0, 1.0]]), np.array([0, 0, 1, 1])
    >>> svm = LinearSVM()
    >>> losses = svm.train(X, y, learning_rate=0.1, num_iters=100)
    >>> svm.predict(X)
    array([0, 0, 1, 1])
    """

    def loss(self, X_batch, y_batch, reg):
        """Return what `cs231n_lib.classifiers.linear_svm.svm_loss_vectorized` gives."""
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    """A linear classifier with the softmax loss.

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.array([[-3.0, 1.0], [-1.0, 1.0], [1.0, 1.0], [3.0, 1.0]]), np.array([0, 0, 1, 1])
    >>> softmax = Softmax()
    >>> losses = softmax.train(X, y, learning_rate=0.1, num_iters=100)
    >>> softmax.predict(X)
    array([0, 0, 1, 1])
    """

    def loss(self, X_batch, y_batch, reg):
        """Return what `cs231n_lib.classifiers.softmax.softmax_loss_vectorized` gives."""
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
