"""What students use, in notebooks and at the command line. A kit holds it, and no answer."""
