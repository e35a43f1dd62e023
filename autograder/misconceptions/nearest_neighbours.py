# ruff: noqa: ARG002, D101, D102, N801  the sentence of help says what each of them gets wrong
"""What goes wrong in nearest neighbours."""

import numpy as np

from autograder.misconceptions.catalog import misconception


class _KNearestNeighbor:
    def train(self, X, y):
        self.X_train, self.y_train = X, y

    def compute_distances_two_loops(self, X):
        dists = np.zeros((X.shape[0], self.X_train.shape[0]))
        for i in range(X.shape[0]):
            for j in range(self.X_train.shape[0]):
                dists[i, j] = np.sqrt(np.sum((X[i] - self.X_train[j]) ** 2))
        return dists

    def compute_distances_one_loop(self, X):
        return np.array([np.sqrt(np.sum((x - self.X_train) ** 2, axis=1)) for x in X])

    def compute_distances_no_loops(self, X):
        squares = np.sum(X**2, axis=1)[:, None] + np.sum(self.X_train**2, axis=1)
        return np.sqrt(squares - 2 * X @ self.X_train.T)

    def predict_labels(self, dists, k=1):
        predicted = np.zeros(len(dists))
        for i, row in enumerate(dists):
            predicted[i] = np.bincount(self.y_train[np.argsort(row)[:k]]).argmax()
        return predicted


@misconception("KNearestNeighbor", "The distances are squared: the last step of Euclid's is missing.")
class KNearestNeighbor_squares(_KNearestNeighbor):
    def compute_distances_two_loops(self, X):
        return super().compute_distances_two_loops(X) ** 2


@misconception("KNearestNeighbor", "The differences are added up without squares: that is the city block distance.")
class KNearestNeighbor_city_block(_KNearestNeighbor):
    def compute_distances_one_loop(self, X):
        return np.array([np.sum(np.abs(x - self.X_train), axis=1) for x in X])


@misconception(
    "KNearestNeighbor", "A row for each training example: rows belong to the examples that are asked about."
)
class KNearestNeighbor_transposed(_KNearestNeighbor):
    def compute_distances_one_loop(self, X):
        return super().compute_distances_one_loop(X).T


@misconception(
    "KNearestNeighbor", "The middle term of the square of a difference is counted once: it stands there twice."
)
class KNearestNeighbor_half_the_product(_KNearestNeighbor):
    def compute_distances_no_loops(self, X):
        squares = np.sum(X**2, axis=1)[:, None] + np.sum(self.X_train**2, axis=1)
        return np.sqrt(np.maximum(squares - X @ self.X_train.T, 0))


@misconception(
    "KNearestNeighbor", "The product is added: a distance becomes smaller where examples point the same way."
)
class KNearestNeighbor_adds_the_product(_KNearestNeighbor):
    def compute_distances_no_loops(self, X):
        squares = np.sum(X**2, axis=1)[:, None] + np.sum(self.X_train**2, axis=1)
        return np.sqrt(np.maximum(squares + 2 * X @ self.X_train.T, 0))


@misconception("KNearestNeighbor", "Only the nearest example is asked: k of them vote.")
class KNearestNeighbor_ignores_k(_KNearestNeighbor):
    def predict_labels(self, dists, k=1):
        return self.y_train[np.argmin(dists, axis=1)].astype(float)


@misconception("KNearestNeighbor", "The places of the neighbors are returned: it is their labels that vote.")
class KNearestNeighbor_places(_KNearestNeighbor):
    def predict_labels(self, dists, k=1):
        return np.argmin(dists, axis=1).astype(float)


@misconception("KNearestNeighbor", "The farthest examples vote: sorting puts the smallest distance first.")
class KNearestNeighbor_farthest(_KNearestNeighbor):
    def predict_labels(self, dists, k=1):
        return super().predict_labels(-dists, k)


@misconception("KNearestNeighbor", "Where votes tie the nearest decides: the smaller label is asked for.")
class KNearestNeighbor_nearest_of_ties(_KNearestNeighbor):
    def predict_labels(self, dists, k=1):
        predicted = np.zeros(len(dists))
        for i, row in enumerate(dists):
            votes = [int(label) for label in self.y_train[np.argsort(row)[:k]]]
            predicted[i] = max(votes, key=votes.count)  # the first of several
        return predicted


@misconception("KNearestNeighbor", "The labels are averaged: they are names of classes, not quantities.")
class KNearestNeighbor_mean_label(_KNearestNeighbor):
    def predict_labels(self, dists, k=1):
        return np.array([np.mean(self.y_train[np.argsort(row)[:k]]) for row in dists])
