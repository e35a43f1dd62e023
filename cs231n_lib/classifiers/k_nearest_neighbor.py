"""The nearest neighbours: a classifier that remembers everything and learns nothing."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_not_empty, check_shape

__all__ = ["KNearestNeighbor"]


class KNearestNeighbor:
    r"""Give each example the label that most of its k nearest training examples have.

    The distance is the Euclidean one:

    .. math:: d_{ij} = \sqrt{\sum_f (x_{if} - t_{jf})^2}

    Attributes
    ----------
    X_train : ndarray of shape (num_train, D)
    y_train : ndarray of shape (num_train,)

    Notes
    -----
    The three ways to compute the distances agree up to rounding. They differ in speed, and in memory: without
    loops, there is no array of shape (num_test, num_train, D).

    References
    ----------
    Cover and Hart, "Nearest neighbor pattern classification", 1967.

    Examples
    --------
    >>> import numpy as np
    >>> classifier = KNearestNeighbor()
    >>> classifier.train(np.array([[0.0], [1.0], [10.0]]), np.array([3, 3, 7]))
    >>> classifier.predict(np.array([[2.0], [9.0]]))
    array([3., 7.])
    >>> classifier.predict(np.array([[2.0], [9.0]]), k=3)
    array([3., 3.])
    """

    def train(self, X, y):
        """Remember the training examples.

        Parameters
        ----------
        X : ndarray of shape (num_train, D)
        y : ndarray of int of shape (num_train,)

        Raises
        ------
        TypeError
            If ``X`` does not hold real numbers.
        ValueError
            If there are no examples, or not one label for each.
        """
        (X,), y = as_floats(X=X), np.asarray(y)  # floats: differences of uint8 pixels would wrap around
        check_axes("X", X, "num_train, D")
        check_not_empty("X", X)
        check_shape("y", y, (len(X),), "There is one label for each row of `X`.")
        self.X_train, self.y_train = X, y

    def predict(self, X, k=1, num_loops=0):
        """Predict a label for each example.

        Parameters
        ----------
        X : ndarray of shape (num_test, D)
        k : int
            How many neighbours vote.
        num_loops : {0, 1, 2}
            Which way to compute the distances.

        Returns
        -------
        y_pred : ndarray of shape (num_test,)
            Floats, as in the official course.

        Raises
        ------
        ValueError
            If ``num_loops`` is not 0, 1 or 2, or ``k`` is not from 1 to num_train, or the features of ``X`` are
            not those of the training examples.
        """
        ways = {
            0: self.compute_distances_no_loops,
            1: self.compute_distances_one_loop,
            2: self.compute_distances_two_loops,
        }
        if num_loops not in ways:
            raise ValueError(f"`num_loops` must be 0, 1 or 2 (got {num_loops!r}). All give the same; 0 is fastest.")
        return self.predict_labels(ways[num_loops](X), k=k)

    def compute_distances_two_loops(self, X):
        """Return the distances of all pairs, one pair after the other.

        Parameters
        ----------
        X : ndarray of shape (num_test, D)

        Returns
        -------
        dists : ndarray of shape (num_test, num_train)
        """
        X = self._check_features(X)
        dists = np.empty((len(X), len(self.X_train)))
        for i, j in np.ndindex(dists.shape):
            dists[i, j] = np.sqrt(((X[i] - self.X_train[j]) ** 2).sum())
        return dists

    def compute_distances_one_loop(self, X):
        """Return the distances of all pairs, one test example after the other.

        Parameters
        ----------
        X : ndarray of shape (num_test, D)

        Returns
        -------
        dists : ndarray of shape (num_test, num_train)
        """
        X = self._check_features(X)
        dists = np.empty((len(X), len(self.X_train)))
        for i in range(len(X)):
            dists[i] = np.sqrt(((X[i] - self.X_train) ** 2).sum(axis=1))
        return dists

    def compute_distances_no_loops(self, X):
        r"""Return the distances of all pairs by one matrix product.

        .. math:: |x - t|^2 = |x|^2 - 2\, x \cdot t + |t|^2

        Parameters
        ----------
        X : ndarray of shape (num_test, D)

        Returns
        -------
        dists : ndarray of shape (num_test, num_train)

        Notes
        -----
        The distance of an example to itself is a difference of large numbers: it comes out near 0, not at it.
        """
        X = self._check_features(X)
        squares = (X**2).sum(axis=1)[:, None] - 2 * X @ self.X_train.T + (self.X_train**2).sum(axis=1)
        return np.sqrt(np.maximum(squares, 0))  # rounding may leave a square just below zero

    def predict_labels(self, dists, k=1):
        """Let the nearest neighbours vote.

        Parameters
        ----------
        dists : ndarray of shape (num_test, num_train)
        k : int
            How many neighbours vote.

        Returns
        -------
        y_pred : ndarray of shape (num_test,)
            Of labels with as many votes the smallest wins; of neighbours as far, those that come first vote.

        Raises
        ------
        ValueError
            If ``k`` is not from 1 to num_train, or ``dists`` has not one column for each training example.
        """
        num_train = len(self.y_train)
        num_test, _ = check_axes("dists", dists, "num_test, num_train")
        check_shape("dists", dists, (num_test, num_train), "There is one column for each training example.")
        if not 1 <= k <= num_train:
            raise ValueError(f"`k` must be from 1 to {num_train} (got {k}). Only training examples can vote.")
        y_pred = np.zeros(num_test)
        for i in range(num_test):
            nearest = np.argsort(dists[i], kind="stable")[:k]
            labels, votes = np.unique(self.y_train[nearest], return_counts=True)
            y_pred[i] = labels[votes.argmax()]
        return y_pred

    def _check_features(self, X):
        (X,) = as_floats(X=X)
        num_test, _ = check_axes("X", X, "num_test, D")
        check_shape("X", X, (num_test, self.X_train.shape[1]), "It has the features of the training examples.")
        return X
