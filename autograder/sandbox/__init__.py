"""The sandbox: student code behind a pipe, asked by name, answering with plain arrays."""
