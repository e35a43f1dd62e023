"""The sample course and its class, for the demo, the tests and the benchmarks."""
